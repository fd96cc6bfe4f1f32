package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw tag …}. */
@Command(description = TagCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class TagCommands {

    static final String DESCRIPTION = "Words on machines, hosts, templates, users and groups.";

    private static final String ON = "Such as vm/demo or host/host1.";

    private final Session session;

    TagCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists tags.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/tags"),
                        Column.of("NAME", "name"),
                        Column.of("DESCRIPTION", "description"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes a tag.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--parent", paramLabel = "TAG", description = "The tag that it lies below.") @Nullable
                    String parent,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it means.") @Nullable
                    String description) {
        ObjectNode tag = Json.object().put("name", name);
        if (parent != null) {
            tag.set("parent", Json.reference(parent));
        }
        if (description != null) {
            tag.put("description", description);
        }
        session.printer().done(session.engine().post("/tags", tag), "Tag " + name + " is made");
    }

    @Command(description = "Removes a tag with all below it.")
    void remove(@Parameters(paramLabel = "TAG", description = "Its name or id.") String name) {
        var tag = session.lookup().find("/tags", "tag", name);
        session.engine().delete("/tags/" + tag.id());
        session.printer().gone(tag, "Tag " + tag.name() + " is removed");
    }

    @Command(description = "Puts a tag on an object.")
    void put(
            @Parameters(paramLabel = "TAG", description = "Its name or id.") String name,
            @Parameters(paramLabel = "KIND/NAME", description = ON) String object) {
        var made = session.engine().post(session.lookup().path(object) + "/tags", Json.reference(name));
        session.printer().done(made, "Tag " + made.name() + " is on " + object);
    }

    @Command(description = "Takes a tag off an object.")
    void take(
            @Parameters(paramLabel = "TAG", description = "Its name or id.") String name,
            @Parameters(paramLabel = "KIND/NAME", description = ON) String object) {
        var path = session.lookup().path(object) + "/tags";
        var tag = session.lookup().find(path, "tag", name);
        session.engine().delete(path + "/" + tag.id());
        session.printer().gone(tag, "Tag " + tag.name() + " is off " + object);
    }
}
