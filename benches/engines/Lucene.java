import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.apache.lucene.util.Version;

/**
 * Builds one Lucene index of decisions and asks it questions, for the bench `engines`. Written for Lucene 8 and 9.
 *
 * <p>java -cp JARS Lucene.java DECISIONS QUESTIONS FOLDER
 *
 * <p>DECISIONS and QUESTIONS are described in `benches/engines.rs`, and so are the lines printed. Starting Java and reading
 * the decisions into memory are not counted. FOLDER must be empty.
 */
public class Lucene {
    static final String[] TEXTS = {"item", "rationale", "reviewer_guideline", "claims_guideline", "summary"};
    /** As much memory for gathering as tantivy has in the bench, in MiB. */
    static final double GATHERED = 384;
    /** Java compiles what is often run; until then it is slow. */
    static final int PASSES_BEFORE = 5;

    public static void main(String[] arguments) throws Exception {
        List<String[]> decisions = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            decisions.add(line.split("\u001f", -1));
        }
        System.out.println("engine\tLucene " + Version.LATEST);
        Analyzer analyzer = new EnglishAnalyzer();
        try (Directory directory = FSDirectory.open(Path.of(arguments[2]))) {
            long started = System.nanoTime();
            build(directory, analyzer, decisions);
            System.out.println("built\t" + (System.nanoTime() - started) / 1e9);
            long bytes = 0;
            for (String file : directory.listAll()) {
                bytes += directory.fileLength(file);
            }
            System.out.println("bytes\t" + bytes);
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                IndexSearcher searcher = new IndexSearcher(reader);
                searcher.setSimilarity(new BM25Similarity());
                answer(searcher, analyzer, Files.readAllLines(Path.of(arguments[1])));
            }
        }
    }

    static void build(Directory directory, Analyzer analyzer, List<String[]> decisions) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(analyzer);
        config.setSimilarity(new BM25Similarity());
        config.setRAMBufferSizeMB(GATHERED);
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            AtomicInteger next = new AtomicInteger();
            Callable<Void> work = () -> {
                int place;
                while ((place = next.getAndIncrement()) < decisions.size()) {
                    writer.addDocument(document(decisions.get(place)));
                }
                return null;
            };
            List<Future<Void>> workers = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                workers.add(pool.submit(work));
            }
            for (Future<Void> worker : workers) {
                worker.get();
            }
            writer.forceMerge(1);
            writer.commit();
        } finally {
            pool.shutdown();
        }
    }

    static Document document(String[] decision) {
        Document document = new Document();
        document.add(new StringField("id", decision[0], Field.Store.YES));
        document.add(new StringField("outcome", decision[1], Field.Store.YES));
        for (int text = 0; text < TEXTS.length; text++) {
            document.add(new TextField(TEXTS[text], decision[2 + text], Field.Store.YES));
        }
        return document;
    }

    static void answer(IndexSearcher searcher, Analyzer analyzer, List<String> questions) throws IOException {
        QueryBuilder builder = new QueryBuilder(analyzer);
        for (int pass = 0; pass <= PASSES_BEFORE; pass++) {
            for (String line : questions) {
                String[] question = line.split("\t");
                long started = System.nanoTime();
                long total = ask(searcher, query(builder, question[0], question[1]));
                double milliseconds = (System.nanoTime() - started) / 1e6;
                if (pass == PASSES_BEFORE) {
                    System.out.println("asked\t" + question[0] + "\t" + milliseconds + "\t" + total);
                }
            }
        }
    }

    /** A phrase stands in one of the texts; each of several words in any of them. */
    static Query query(QueryBuilder builder, String kind, String words) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        String[] parts = kind.equals("phrase") ? new String[] {words} : words.split(" ");
        for (String part : parts) {
            BooleanQuery.Builder any = new BooleanQuery.Builder();
            for (String text : TEXTS) {
                // Of one word this is the word.
                any.add(builder.createPhraseQuery(text, part), BooleanClause.Occur.SHOULD);
            }
            all.add(any.build(), BooleanClause.Occur.MUST);
        }
        return all.build();
    }

    /** Reads the ids of the ten best and gives the number of all. */
    static long ask(IndexSearcher searcher, Query query) throws IOException {
        TopScoreDocCollector collector = TopScoreDocCollector.create(10, Integer.MAX_VALUE);
        searcher.search(query, collector);
        TopDocs top = collector.topDocs();
        List<String> ids = new ArrayList<>();
        for (ScoreDoc hit : top.scoreDocs) {
            ids.add(searcher.doc(hit.doc).get("id"));
        }
        if (ids.size() != Math.min(top.totalHits.value, 10)) {
            throw new IllegalStateException("ids are missing");
        }
        return top.totalHits.value;
    }
}
