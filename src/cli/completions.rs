//! `imr completions` and `imr man`: made from the same definition of the arguments as everything else.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, End};

/// Print completions for a shell
///
/// For example: imr completions bash > ~/.local/share/bash-completion/completions/imr
#[derive(Debug, clap::Args)]
pub struct Arguments {
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<End> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "imr", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(End::Done)
}

/// Print the manual page, or write one page for each command
#[derive(Debug, clap::Args)]
pub struct ManArguments {
    /// Write the pages (imr.1, imr-search.1, …) into this folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub fn man(arguments: &ManArguments) -> anyhow::Result<End> {
    let Some(folder) = &arguments.folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        std::io::stdout().write_all(&page)?;
        return Ok(End::Done);
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .with_context(|| format!("cannot write to `{}`", folder.display()))?;
    Ok(End::Done)
}
