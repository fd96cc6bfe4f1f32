package org.bellwether.engine.inventory;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** All tags, and what they are on. */
public final class Tags {

    private final Database database;
    private final ObjectTable<Tag> tags = new ObjectTable<>("tags", "tag", Tag.class, _ -> Map.of());
    private final ObjectTable<Tagging> taggings = new ObjectTable<>(
            "taggings",
            "tag on the object",
            Tagging.class,
            each -> Map.of("tag_id", each.tag().value(), "object_id", each.object()));
    private final Lookup<UUID, Tagging> byObject = taggings.model().indexedBy(each -> Optional.of(each.object()));
    private final Lookup<Id<Tag>, Tagging> byTag = taggings.model().indexedBy(each -> Optional.of(each.tag()));
    private final Lookup<Id<Tag>, Tag> byParent = tags.model().indexedBy(Tag::parentId);

    public Tags(Database database) {
        this.database = database;
    }

    /** Also takes tags off what is removed from now on. */
    public void load() {
        tags.load(database);
        taggings.load(database);
        database.watch((tx, change) -> {
            if (change.how() == ObjectChange.How.REMOVED
                    && !byObject.of(change.id()).isEmpty()) {
                taggings.matching(tx, "object_id", change.id()).forEach(each -> taggings.delete(tx, each.id()));
            }
        });
    }

    /** The tags on an object and those above them, which it also counts as tagged with. */
    public Collection<Tag> over(UUID object) {
        var found = new ArrayList<Tag>();
        for (Tagging tagging : byObject.of(object)) {
            Optional<Tag> tag = find(tagging.tag());
            while (tag.isPresent() && !tag.get().id().equals(Tag.ROOT.id())) {
                found.add(tag.get());
                tag = tag.flatMap(Tag::parentId).flatMap(this::find);
            }
        }
        return found;
    }

    List<Tag> all() {
        return Stream.concat(Stream.of(Tag.ROOT), tags.model().all().stream()).toList();
    }

    Optional<Tag> find(Id<Tag> id) {
        return id.equals(Tag.ROOT.id()) ? Optional.of(Tag.ROOT) : tags.model().find(id);
    }

    Tag get(Id<Tag> id) {
        return find(id).orElseThrow(() -> Failure.notFound("There is no tag with the id " + id));
    }

    Optional<Tag> named(String name) {
        return all().stream().filter(tag -> tag.name().equals(name)).findFirst();
    }

    List<Tag> on(UUID object) {
        return byObject.of(object).stream()
                .map(each -> find(each.tag()))
                .flatMap(Optional::stream)
                .toList();
    }

    void insert(Transaction tx, Tag tag) {
        tags.insert(tx, tag);
    }

    Tag update(Transaction tx, Id<Tag> id, java.util.function.UnaryOperator<Tag> change) {
        return tags.update(tx, id, before -> {
            var changed = change.apply(before);
            requireNoCircle(changed);
            return changed;
        });
    }

    private void requireNoCircle(Tag tag) {
        Optional<Tag> above = tag.parentId().flatMap(this::find);
        while (above.isPresent()) {
            if (above.get().id().equals(tag.id())) {
                throw Failure.conflict("The tag " + tag.name() + " cannot lie below itself");
            }
            above = above.get().parentId().flatMap(this::find);
        }
    }

    /** With all tags below it. */
    void delete(Transaction tx, Id<Tag> id) {
        List.copyOf(byParent.of(id)).forEach(below -> delete(tx, below.id()));
        List.copyOf(byTag.of(id)).forEach(each -> taggings.delete(tx, each.id()));
        tags.delete(tx, id);
    }

    void put(Transaction tx, Id<Tag> tag, UUID object) {
        taggings.insert(tx, new Tagging(Id.random(), tag, object));
    }

    /** Does nothing when the tag is not on it. */
    void take(Transaction tx, Id<Tag> tag, UUID object) {
        taggings.matching(tx, "object_id", object).stream()
                .filter(each -> each.tag().equals(tag))
                .forEach(each -> taggings.delete(tx, each.id()));
    }
}
