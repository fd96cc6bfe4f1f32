package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw bookmark …}. */
@Command(description = BookmarkCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class BookmarkCommands {

    static final String DESCRIPTION = "Searches that are kept under a name, for all administrators.";

    private static final String BOOKMARK = "Its name or id.";

    private final Session session;

    BookmarkCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists bookmarks.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/bookmarks"),
                        Column.of("NAME", "name"),
                        Column.of("SEARCH", "value"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Keeps a search.")
    void create(
            @Parameters(paramLabel = "NAME", description = "What to call it.") String name,
            @Parameters(paramLabel = "SEARCH", description = "Such as 'Vms: status = up'.") String search) {
        session.printer()
                .done(
                        session.engine()
                                .post(
                                        "/bookmarks",
                                        Json.object().put("name", name).put("value", search)),
                        "Bookmark " + name + " is made");
    }

    @Command(description = "Keeps another search under the same name.")
    void update(
            @Parameters(paramLabel = "BOOKMARK", description = BOOKMARK) String name,
            @Parameters(paramLabel = "SEARCH", description = "Such as 'Vms: status = up'.") String search) {
        var bookmark = session.lookup().find("/bookmarks", "bookmark", name);
        session.printer()
                .done(
                        session.engine()
                                .put(
                                        "/bookmarks/" + bookmark.id(),
                                        Json.object().put("value", search)),
                        "Bookmark " + bookmark.name() + " is changed");
    }

    @Command(description = "Removes a bookmark.")
    void remove(@Parameters(paramLabel = "BOOKMARK", description = BOOKMARK) String name) {
        var bookmark = session.lookup().find("/bookmarks", "bookmark", name);
        session.engine().delete("/bookmarks/" + bookmark.id());
        session.printer().gone(bookmark, "Bookmark " + bookmark.name() + " is removed");
    }
}
