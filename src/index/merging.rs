//! Which segments become one when a build ends.
//!
//! A build writes a segment for every few ten thousand decisions and merges none of them on the way, so that each decision
//! is merged once. At the end small segments are put together up to [`LARGEST_SEGMENT`]: few enough segments that a
//! search does not notice (each costs it some milliseconds), each small enough that merging it fits the memory of a small
//! computer, and several of them so that both cores can search a large index.

/// Up to this many decisions are put in one segment.
pub const LARGEST_SEGMENT: u64 = 800_000;
/// Up to so many decisions all become one segment: cheap to do, and quickest to search.
const SINGLE_SEGMENT: u64 = 200_000;
/// Small segments that may stay beside large ones, so that a few new letters do not rewrite many old ones.
const SMALL_SEGMENTS: usize = 4;
/// A segment with more than this part of deleted decisions is written anew.
const DELETED_PART: f64 = 0.25;

/// The sizes of a segment, in decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub alive: u64,
    pub deleted: u64,
}

impl Size {
    /// Whether merging it with others, or writing it anew, is worth its while.
    fn is_loose(self) -> bool {
        self.alive < LARGEST_SEGMENT / 2 || self.deleted as f64 > DELETED_PART * (self.alive + self.deleted) as f64
    }
}

/// Groups of segments, by their places in `segments`, each of which becomes one segment.
#[must_use]
pub fn groups(segments: &[Size]) -> Vec<Vec<usize>> {
    let alive: u64 = segments.iter().map(|segment| segment.alive).sum();
    if alive <= SINGLE_SEGMENT {
        let is_done = segments.len() <= 1 && segments.iter().all(|segment| segment.deleted == 0);
        return if is_done { Vec::new() } else { vec![(0..segments.len()).collect()] };
    }
    let mut loose: Vec<usize> = (0..segments.len()).filter(|&place| segments[place].is_loose()).collect();
    let is_worn = |place: &usize| segments[*place].deleted as f64 > DELETED_PART * segments[*place].alive as f64;
    if loose.len() <= SMALL_SEGMENTS && !loose.iter().any(is_worn) {
        return Vec::new();
    }
    // The largest first, each into the group that is smallest so far: groups differ little in size.
    loose.sort_by_key(|&place| std::cmp::Reverse(segments[place].alive));
    let total: u64 = loose.iter().map(|&place| segments[place].alive).sum();
    let needed = usize::try_from(total.div_ceil(LARGEST_SEGMENT)).unwrap_or(usize::MAX).clamp(1, loose.len());
    let mut groups: Vec<(u64, Vec<usize>)> = vec![(0, Vec::new()); needed];
    for place in loose {
        let alive = segments[place].alive;
        match groups.iter_mut().min_by_key(|(size, _)| *size) {
            Some((size, group)) if group.is_empty() || *size + alive <= LARGEST_SEGMENT => {
                *size += alive;
                group.push(place);
            }
            _ => groups.push((alive, vec![place])),
        }
    }
    let is_change = |group: &[usize]| group.len() > 1 || group.iter().any(|&place| segments[place].deleted > 0);
    groups.into_iter().map(|(_, group)| group).filter(|group| is_change(group)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(alive: u64, deleted: u64) -> Size {
        Size { alive, deleted }
    }

    #[test]
    fn a_small_index_becomes_one_segment() {
        assert_eq!(groups(&[size(60_000, 0), size(50_000, 10)]), [vec![0, 1]]);
        assert_eq!(groups(&[size(60_000, 1)]), [vec![0]]);
        assert!(groups(&[size(60_000, 0)]).is_empty());
        assert!(groups(&[]).is_empty());
    }

    #[test]
    fn a_large_build_becomes_a_few_segments_of_one_size() {
        let groups = groups(&[size(35_000, 0); 86]);
        assert_eq!(groups.len(), 4);
        assert!(groups.iter().all(|group| (21..=22).contains(&group.len())), "{groups:?}");
    }

    #[test]
    fn a_few_new_letters_do_not_rewrite_a_large_index() {
        let mut segments = vec![size(750_000, 100); 4];
        segments.extend([size(500, 0); SMALL_SEGMENTS]);
        assert!(groups(&segments).is_empty());
        segments.push(size(500, 0));
        assert_eq!(groups(&segments), [vec![4, 5, 6, 7, 8]]);
    }

    #[test]
    fn a_worn_segment_is_written_anew() {
        assert_eq!(groups(&[size(500_000, 300_000), size(700_000, 0)]), [vec![0]]);
    }

    proptest! {
        #[test]
        fn no_segment_is_in_two_groups_and_none_grows_too_large(
            sizes in prop::collection::vec((0_u64..900_000, 0_u64..300_000), 0..60)
        ) {
            let segments: Vec<Size> = sizes.iter().map(|&(alive, deleted)| size(alive, deleted)).collect();
            let groups = groups(&segments);
            let mut places: Vec<usize> = groups.concat();
            let all = places.len();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), all);
            for group in groups {
                let alive: u64 = group.iter().map(|&place| segments[place].alive).sum();
                prop_assert!(group.len() == 1 || alive <= LARGEST_SEGMENT);
            }
        }
    }
}
