package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.BOOKMARK_MANAGEMENT;

import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;

/** Bookmarks, kept for all administrators. */
public final class BookmarksApi {

    private final Database database;
    private final Events events;
    private final ObjectTable<Bookmark> bookmarks =
            new ObjectTable<>("bookmarks", "bookmark", Bookmark.class, _ -> Map.of());

    public BookmarksApi(Database database, Events events) {
        this.database = database;
        this.events = events;
    }

    public void load() {
        bookmarks.load(database);
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "bookmarks",
                "list",
                request -> Reply.list(
                        request.limited(bookmarks.model().all()).stream().map(BookmarksApi::document)));
        routes.on("bookmarks", "add", BOOKMARK_MANAGEMENT, this::add);
        routes.read("bookmark", "get", request -> Reply.of(document(bookmarks.get(request.id()))));
        routes.on("bookmark", "update", BOOKMARK_MANAGEMENT, this::update);
        routes.on("bookmark", "remove", BOOKMARK_MANAGEMENT, request -> {
            var bookmark = bookmarks.get(request.<Bookmark>id());
            database.change(tx -> {
                bookmarks.delete(tx, bookmark.id());
                tell(tx, EventCode.BOOKMARK_REMOVED, request, bookmark);
            });
            return Reply.done();
        });
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Bookmark.class);
        var bookmark = new Bookmark(
                Id.random(),
                Names.checked(sent.name(), "a bookmark"),
                Optional.ofNullable(sent.value_()).orElse(""));
        database.change(tx -> {
            bookmarks.insert(tx, bookmark);
            tell(tx, EventCode.BOOKMARK_ADDED, request, bookmark);
        });
        return Reply.created(document(bookmark));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Bookmark.class);
        Id<Bookmark> id = request.id();
        var changed = database.transaction(tx -> {
            var after = bookmarks.update(
                    tx,
                    id,
                    before -> new Bookmark(
                            id,
                            sent.name() == null ? before.name() : Names.checked(sent.name(), "a bookmark"),
                            Optional.ofNullable(sent.value_()).orElse(before.value())));
            tell(tx, EventCode.BOOKMARK_UPDATED, request, after);
            return after;
        });
        return Reply.of(document(changed));
    }

    private void tell(
            org.bellwether.engine.platform.store.Transaction tx,
            EventCode code,
            ApiRequest request,
            Bookmark bookmark) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING,
                "Bookmark " + bookmark.name() + " was "
                        + (code == EventCode.BOOKMARK_ADDED
                                ? "added"
                                : code == EventCode.BOOKMARK_REMOVED ? "removed" : "changed")
                        + " by " + asker.name() + ".");
    }

    private static org.bellwether.api.types.Bookmark document(Bookmark bookmark) {
        return org.bellwether.api.types.Bookmark.builder()
                .id(bookmark.id().toString())
                .name(bookmark.name())
                .value_(bookmark.value())
                .build();
    }
}
