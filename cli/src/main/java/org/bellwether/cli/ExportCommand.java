package org.bellwether.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bellwether.cli.DocumentFiles.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw export}. */
@Command(
        description = ExportCommand.DESCRIPTION,
        footer = {
            "",
            "What there is: MAC pools, tags, roles, data centers, networks, vNIC profiles, clusters, storage domains,",
            "quotas, templates, machines and permissions. Not: what is on disks, passwords, hosts, machines of pools."
        })
final class ExportCommand implements Callable<Integer> {

    static final String DESCRIPTION = "Writes what people decided into YAML files, for bw apply.";

    /** In every installation, and nothing of it can be changed. */
    private static final String ROOT_OR_BLANK = "00000000-0000-0000-0000-000000000000";

    private final Session session;

    @Parameters(paramLabel = "DIR", description = "The directory; files of an earlier export are replaced.")
    private Path directory = Path.of("");

    ExportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var known = new Known(session.engine());
        var described = new Described(known);
        var documents = new ArrayList<Document>();
        for (Sort sort : Sort.described()) {
            known.all(sort).stream()
                    .filter(each -> exported(sort, each))
                    .map(each -> {
                        var content = described.of(sort, each);
                        String name = Known.inFull(
                                sort, known.reference(sort, each.id()).orElse(content));
                        return new Document(
                                sort.word(), content, sort.collection() + "/" + DocumentFiles.fileName(name));
                    })
                    .sorted(java.util.Comparator.comparing(Document::source)
                            .thenComparing(each -> each.content().toString()))
                    .forEach(documents::add);
        }
        for (var grant : new Grants(session.engine(), known).all()) {
            documents.add(new Document(
                    Grants.WORD,
                    grant,
                    "permissions/" + DocumentFiles.fileName(Grants.label(grant).substring(Grants.WORD.length() + 1))));
        }
        int files = DocumentFiles.write(directory, documents);
        session.printer()
                .done(
                        new Entity(Json.object()
                                .put("directory", directory.toString())
                                .put("files", files)),
                        "Exported into " + files + " files below " + directory);
        return 0;
    }

    private static boolean exported(Sort sort, Entity entity) {
        return switch (sort) {
            case ROLE -> entity.flag("mutable");
            case TAG, TEMPLATE -> !entity.id().equals(ROOT_OR_BLANK);
            case VM -> entity.text("vm_pool.id").isEmpty();
            case STORAGE_DOMAIN -> List.of("data", "iso").contains(entity.text("type"));
            default -> true;
        };
    }
}
