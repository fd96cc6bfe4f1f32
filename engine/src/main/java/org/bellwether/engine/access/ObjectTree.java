package org.bellwether.engine.access;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bellwether.api.Struct;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Stored;

/**
 * Which objects permissions are given on, and what each of them lies in: a machine in its cluster, a cluster in its data center, a disk on its
 * storage domain and in the machines that have it. What is given on an object holds for all that lies in it; the system holds
 * everything. Filled while the engine starts, only read afterwards.
 */
public final class ObjectTree {

    /** An object of a kind that the tree knows, for instance {@code vm}. */
    public record Node(String kind, UUID id) {

        /** The system itself, under the id that clients know. */
        static final Node SYSTEM = new Node("system", UUID.fromString("aaa00000-0000-0000-0000-123456789aaa"));

        public static Node of(String kind, Id<?> id) {
            return new Node(kind, id.value());
        }
    }

    private record Kind<T extends Stored<T>>(String table, ReadModel<T> model, Function<T, Stream<Node>> within) {
        boolean has(UUID id) {
            return model.find(Id.of(id)).isPresent();
        }

        Stream<Node> above(UUID id) {
            return model.find(Id.<T>of(id)).map(within).orElseGet(Stream::of);
        }

        String name(UUID id) {
            return model.find(Id.<T>of(id)).map(Stored::name).orElse("");
        }

        List<UUID> named(String name) {
            return model.named(name).stream().map(each -> each.id().value()).toList();
        }
    }

    private final Map<String, Kind<?>> kinds = new HashMap<>();
    private final Map<String, String> byTable = new HashMap<>();

    /**
     * Makes a kind of object known.
     *
     * @param kind the API's name of one of them, for instance {@code vm}
     * @param table where they are stored, for instance {@code vms}
     * @param within what one of them lies in directly; the system need not be named
     */
    public <T extends Stored<T>> ObjectTree kind(
            String kind, String table, ReadModel<T> model, Function<T, Stream<Node>> within) {
        if (kinds.put(kind, new Kind<>(table, model, within)) != null) {
            throw new IllegalArgumentException("The tree knows what a " + kind + " is already.");
        }
        byTable.put(table, kind);
        return this;
    }

    boolean knows(String kind) {
        return kinds.containsKey(kind);
    }

    boolean has(Node node) {
        var kind = kinds.get(node.kind());
        return kind != null && kind.has(node.id());
    }

    Optional<String> ofTable(String table) {
        return Optional.ofNullable(byTable.get(table));
    }

    /** In which table an object lies of which only the id is known. */
    public Optional<String> tableOf(UUID id) {
        return kinds.values().stream()
                .filter(kind -> kind.has(id))
                .map(Kind::table)
                .findFirst();
    }

    /** The name of an object; empty when there is no such one. */
    public String nameOf(String kind, UUID id) {
        var known = kinds.get(kind);
        return known == null ? "" : known.name(id);
    }

    /** The object, all that it lies in, and the system last. */
    List<Node> line(Node node) {
        Set<Node> line = new LinkedHashSet<>();
        var next = new ArrayDeque<Node>();
        next.add(node);
        while (!next.isEmpty()) {
            var at = next.remove();
            var kind = kinds.get(at.kind());
            if (kind != null && line.add(at)) {
                kind.above(at.id()).forEach(next::add);
            }
        }
        line.add(Node.SYSTEM);
        return new ArrayList<>(line);
    }

    /** The objects of a kind that a reference may mean: the one of its id, or all of its name. */
    List<Node> referred(String kind, Struct reference) {
        var known = kinds.get(kind);
        if (known == null) {
            return List.of();
        }
        if (reference.value("id") instanceof String id && !id.isBlank()) {
            try {
                var node = Node.of(kind, Id.of(id));
                return known.has(node.id()) ? List.of(node) : List.of();
            } catch (IllegalArgumentException noUuid) {
                return List.of();
            }
        }
        return reference.value("name") instanceof String name && !name.isBlank()
                ? known.named(name).stream().map(id -> new Node(kind, id)).toList()
                : List.of();
    }
}
