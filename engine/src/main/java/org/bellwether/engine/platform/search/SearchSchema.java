package org.bellwether.engine.platform.search;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What can be searched of one kind of object: its fields by name, and the kinds of object it is related to. Names are
 * compared without regard to case. Features make one for each kind, once, and whoever wires them tells how kinds are related;
 * after that it does not change.
 */
public final class SearchSchema<T> {
    /** Related objects: {@code host.name=x} finds a machine if one of its related hosts has that name. */
    record Relation<T, R>(Supplier<Function<T, ? extends Collection<R>>> related, Supplier<SearchSchema<R>> schema) {}

    private final String kind;
    private final Map<String, Field<T>> fields;
    private final Map<String, Relation<T, ?>> relations;

    private SearchSchema(Builder<T> builder) {
        this.kind = builder.kind;
        this.fields = new LinkedHashMap<>(builder.fields);
        this.relations = new LinkedHashMap<>(builder.relations);
    }

    /** Begins a schema for objects that messages call by this plural, for instance {@code "machines"}. */
    public static <T> Builder<T> of(String kind) {
        return new Builder<>(kind);
    }

    /**
     * Prepares a search.
     *
     * @param caseSensitive whether upper and lower case differ
     * @param now what "today" is relative to
     * @throws org.bellwether.engine.platform.Failure of the kind BAD_REQUEST if the query is broken or asks for a field
     *     that there is not
     */
    public Search<T> compile(String query, boolean caseSensitive, Instant now) {
        SearchQuery parsed = SearchQuery.parse(query);
        return new Search<>(new Compiler(query, caseSensitive, now).compile(this, parsed), parsed);
    }

    /**
     * Relates this kind to another one, of a feature that does not know this one.
     *
     * @param names all names under which queries may speak of it
     */
    public <R> SearchSchema<T> relate(
            List<String> names, Function<T, ? extends Collection<R>> related, Supplier<SearchSchema<R>> schema) {
        return relateAtOnce(names, () -> related, schema);
    }

    /** As {@link #relate}, for what is costly to find: it is looked up once for each query, for all objects together. */
    public <R> SearchSchema<T> relateAtOnce(
            List<String> names,
            Supplier<Function<T, ? extends Collection<R>>> related,
            Supplier<SearchSchema<R>> schema) {
        for (String name : names) {
            if (relations.put(name.toLowerCase(Locale.ROOT), new Relation<>(related, schema)) != null) {
                throw new IllegalArgumentException("The relation " + name + " of " + kind + " is declared twice.");
            }
        }
        return this;
    }

    String kind() {
        return kind;
    }

    @Nullable
    Field<T> field(String name) {
        return fields.get(name.toLowerCase(Locale.ROOT));
    }

    @Nullable
    Relation<T, ?> relation(String name) {
        return relations.get(name.toLowerCase(Locale.ROOT));
    }

    Collection<Field<T>> fields() {
        return fields.values();
    }

    /** Those that can be asked for. */
    Set<String> fieldNames() {
        Set<String> names = new LinkedHashSet<>(fields.keySet());
        names.removeIf(name -> fields.get(name) instanceof Field.Absent);
        return names;
    }

    Set<String> relationNames() {
        return relations.keySet();
    }

    /** Collects the fields. A name that is given twice is a mistake of the feature and refused at once. */
    public static final class Builder<T> {
        private final String kind;
        private final Map<String, Field<T>> fields = new LinkedHashMap<>();
        private final Map<String, Relation<T, ?>> relations = new LinkedHashMap<>();

        private Builder(String kind) {
            this.kind = kind;
        }

        public Builder<T> text(String name, Function<T, @Nullable String> value) {
            return add(name, new Field.Text<>(value));
        }

        /**
         * A field that clients know of other installations and that no object here can have a value for. A query for it is
         * refused: an empty list would look like an answer.
         */
        public Builder<T> absent(String name, String because) {
            return add(name, new Field.Absent<>(because));
        }

        /** A field with several texts, for instance the names of a disk's machines. */
        public Builder<T> texts(String name, Function<T, ? extends Collection<String>> values) {
            return add(name, new Field.Texts<>(values));
        }

        /** A field that is one of a few words, whichever they are. */
        public Builder<T> choice(String name, Function<T, @Nullable String> value) {
            return choice(name, Set.of(), value);
        }

        /** A field that is one of the known words; a query for another word is refused with the list. */
        public Builder<T> choice(String name, Collection<String> known, Function<T, @Nullable String> value) {
            return add(name, new Field.Choice<>(new LinkedHashSet<>(known), value));
        }

        public Builder<T> number(String name, Function<T, ? extends @Nullable Number> value) {
            return add(name, new Field.Quantity<>(value));
        }

        public Builder<T> flag(String name, Function<T, @Nullable Boolean> value) {
            return add(name, new Field.Flag<>(value));
        }

        public Builder<T> date(String name, Function<T, @Nullable Instant> value) {
            return add(name, new Field.Date<>(value));
        }

        public Builder<T> span(String name, Function<T, @Nullable Duration> value) {
            return add(name, new Field.Span<>(value));
        }

        /**
         * A kind of related object.
         *
         * @param names all names under which queries may speak of it, for instance {@code host} and {@code hosts}
         * @param related the related objects of one object
         * @param schema the schema of the related kind; a supplier, because schemas refer to each other in circles
         */
        public <R> Builder<T> related(
                List<String> names, Function<T, ? extends Collection<R>> related, Supplier<SearchSchema<R>> schema) {
            Relation<T, R> relation = new Relation<>(() -> related, schema);
            for (String name : names) {
                if (relations.put(name.toLowerCase(Locale.ROOT), relation) != null) {
                    throw new IllegalArgumentException("The relation " + name + " of " + kind + " is declared twice.");
                }
            }
            return this;
        }

        public SearchSchema<T> build() {
            return new SearchSchema<>(this);
        }

        private Builder<T> add(String name, Field<T> field) {
            if (fields.put(name.toLowerCase(Locale.ROOT), field) != null) {
                throw new IllegalArgumentException("The field " + name + " of " + kind + " is declared twice.");
            }
            return this;
        }
    }
}
