package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bellwether.cli.Application.Fate;
import org.bellwether.cli.Application.Result;
import org.bellwether.cli.DocumentFiles.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bw apply}. */
@Command(
        description = ApplyCommand.DESCRIPTION,
        footer = {
            "",
            "Objects are found by their names. What a file does not mention stays as it is, and nothing is removed.",
            "What failed is said at the end; everything else was applied. Say it again when that is mended."
        })
final class ApplyCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Makes objects be as YAML files describe them.";

    private final Session session;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "DIR",
            description = "A file, or a directory with all files below it that end in .yaml or .yml.")
    private Path place = Path.of("");

    @Option(names = "--diff", description = "Also show each value that differs.")
    private boolean diff;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dry;

    @Mixin
    private WaitOptions waiting = new WaitOptions();

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var documents = DocumentFiles.read(place);
        requireDistinct(documents);
        var application = new Application(session, waiting, dry);
        var results = application.apply(documents);
        var failed = results.stream().filter(each -> each.fate() == Fate.FAILED).toList();
        print(results);
        if (failed.isEmpty()) {
            return 0;
        }
        failed.forEach(each -> session.remark("bw: " + each.label() + ": " + Text.sentence(each.why())));
        if (application.engineGone()) {
            throw CommandFailure.unreachable(
                    "%d of %d were not applied, because the engine does not answer any more. Say it again when it does: it goes on from there."
                            .formatted(documents.size() - results.size() + failed.size(), documents.size()),
                    null);
        }
        throw CommandFailure.refused(
                0,
                "%d of %d failed; the others %s. Say it again when that is mended: it goes on from there."
                        .formatted(failed.size(), documents.size(), dry ? "would be applied" : "are as described"));
    }

    private static void requireDistinct(List<Document> documents) {
        Map<String, Document> seen = new HashMap<>();
        for (var document : documents) {
            var other = seen.put(Application.label(document), document);
            if (other != null) {
                throw CommandFailure.usage("The %s is described twice, in %s and in %s. Nothing was applied."
                        .formatted(Application.label(document), other.source(), document.source()));
            }
        }
    }

    private void print(List<Result> results) {
        var printer = session.printer();
        if (printer.asJson()) {
            var list = JsonNodeFactory.instance.arrayNode();
            for (var result : results) {
                var each = list.addObject()
                        .put("what", result.label())
                        .put("result", result.fate().name().toLowerCase(Locale.ROOT))
                        .put("file", result.document().source());
                if (!result.why().isEmpty()) {
                    each.put("why", result.why());
                }
                var differences = each.putArray("differences");
                result.differences()
                        .forEach(difference -> differences
                                .addObject()
                                .put("path", difference.path())
                                .put("from", difference.from())
                                .put("to", difference.to()));
            }
            printer.json(list);
            return;
        }
        for (var result : results) {
            switch (result.fate()) {
                case CREATED -> printer.line((dry ? "would create " : "created ") + result.label());
                case CHANGED -> printer.line((dry ? "would change " : "changed ") + result.label());
                case UNCHANGED, FAILED -> {
                    // Nothing was done to it; what failed is told at the end.
                }
            }
            if (diff) {
                result.differences().forEach(difference -> printer.line("    " + difference));
            }
        }
        printer.line("%d %s, %d %s, %d as described"
                .formatted(
                        count(results, Fate.CREATED),
                        dry ? "to create" : "created",
                        count(results, Fate.CHANGED),
                        dry ? "to change" : "changed",
                        count(results, Fate.UNCHANGED)));
    }

    private static long count(List<Result> results, Fate fate) {
        return results.stream().filter(each -> each.fate() == fate).count();
    }
}
