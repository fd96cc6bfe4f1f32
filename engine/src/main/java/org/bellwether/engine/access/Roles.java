package org.bellwether.engine.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** The roles: those of every installation, under ids that clients know, and those that people made. */
final class Roles {

    private final Map<Id<Role>, Role> predefined = predefined();
    private final ObjectTable<Role> table = new ObjectTable<>("roles", "role", Role.class, _ -> Map.of());

    void load(Database database) {
        table.load(database);
    }

    Collection<Role> all() {
        var all = new ArrayList<>(predefined.values());
        all.addAll(table.model().all());
        return all;
    }

    Optional<Role> find(Id<Role> id) {
        return Optional.ofNullable(predefined.get(id)).or(() -> table.model().find(id));
    }

    Role get(Id<Role> id) {
        return find(id).orElseThrow(() -> Failure.notFound("There is no role with the id " + id));
    }

    Optional<Role> named(String name) {
        return all().stream().filter(role -> role.name().equals(name)).findFirst();
    }

    void insert(Transaction tx, Role role) {
        requireNewName(role.name());
        table.insert(tx, role);
    }

    Role update(Transaction tx, Id<Role> id, java.util.function.Function<Role, Role> change) {
        return table.update(tx, id, role -> {
            var changed = change.apply(role);
            if (!changed.name().equals(role.name())) {
                requireNewName(changed.name());
            }
            return changed;
        });
    }

    void delete(Transaction tx, Id<Role> id) {
        table.delete(tx, id);
    }

    /** The database knows nothing of the predefined ones. */
    private void requireNewName(String name) {
        if (named(name).isPresent()) {
            throw Failure.conflict("There is a role called " + name + " already")
                    .undone("Nothing was changed");
        }
    }

    private static Map<Id<Role>, Role> predefined() {
        Map<Id<Role>, Role> roles = new LinkedHashMap<>();
        List<String> words = List.of();
        Set<Permit> permits = EnumSet.noneOf(Permit.class);
        for (String line : lines()) {
            if (line.startsWith(" ")) {
                for (String permit : line.strip().split(" ")) {
                    permits.add(Permit.valueOf(permit.toUpperCase(Locale.ROOT)));
                }
            } else if (!line.startsWith("#")) {
                add(roles, words, permits);
                words = List.of(line.split(" ", 4));
                permits = EnumSet.noneOf(Permit.class);
            }
        }
        add(roles, words, permits);
        return roles;
    }

    private static void add(Map<Id<Role>, Role> roles, List<String> words, Set<Permit> permits) {
        if (!words.isEmpty()) {
            Id<Role> id = Id.of(words.get(0));
            // Whatever there will be to do, the first administrator may do it.
            Set<Permit> all = id.equals(Role.SUPER_USER) ? EnumSet.allOf(Permit.class) : permits;
            roles.put(id, new Role(id, words.get(2), words.get(3), words.get(1).equals("admin"), false, all));
        }
    }

    private static List<String> lines() {
        try (var in = Objects.requireNonNull(Roles.class.getResourceAsStream("roles.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
