package org.bellwether.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.api.types.Structs;
import org.jspecify.annotations.Nullable;

/**
 * A type of the API: its names and attributes. Codecs, merging, following and searching work over it, so that no code
 * is written per type. The first use of a type loads that type only.
 */
public final class StructType<T extends Struct> {
    private final int number;
    private final Class<T> java;
    private final String name;
    private final String element;
    private final String plural;
    private final List<Attribute> attributes;
    private final Map<String, Attribute> byName;
    private final boolean[] identifying;
    private final List<Attribute> identity;
    private final int id;
    private final int href;
    private volatile @Nullable Home home;

    private StructType(int number, Class<T> java, String name, String element, String plural, String shape) {
        this.number = number;
        this.java = java;
        this.name = name;
        this.element = element;
        this.plural = plural;
        var all = new ArrayList<Attribute>();
        for (int from = 0; from < shape.length(); ) {
            int space = shape.indexOf(' ', from);
            int to = space < 0 ? shape.length() : space;
            all.add(new Attribute(all.size(), shape.substring(from, to)));
            from = to + 1;
        }
        this.attributes = List.copyOf(all);
        this.byName = HashMap.newHashMap(all.size());
        this.identifying = new boolean[all.size()];
        for (var attribute : all) {
            byName.put(attribute.name(), attribute);
            byName.put(attribute.wire(), attribute);
            identifying[attribute.index()] = switch (attribute.name()) {
                case "id", "href", "name" -> true;
                default -> false;
            };
        }
        this.identity = all.stream()
                .filter(each -> identifying[each.index()] && !each.isHref())
                .toList();
        this.href = byName.containsKey("href") ? require("href").index() : -1;
        this.id = href < 0 ? -1 : require("id").index();
    }

    /**
     * The collection under the root that lists objects of this type.
     *
     * @param path with a slash at the end, where the id belongs; empty when there is no such collection
     * @param item the service of one object
     */
    record Home(String path, @Nullable Service item) {
        static final Home NONE = new Home("", null);
    }

    Home home() {
        var known = home;
        if (known == null) {
            known = Routes.homeOf(this);
            home = known;
        }
        return known;
    }

    /** The object's id when it has one and it is text. */
    @Nullable
    String idOf(Struct object) {
        return id < 0 ? null : (String) object.value(id);
    }

    /** The path that the object itself says it has. */
    @Nullable
    String hrefOf(Struct object) {
        return href < 0 ? null : (String) object.value(href);
    }

    boolean hasHref() {
        return href >= 0;
    }

    /** Called by the generated types. */
    public static <T extends Struct> StructType<T> define(
            int number, Class<T> java, String name, String element, String plural, String shape) {
        return new StructType<>(number, java, name, element, plural, shape);
    }

    /** The type of that name of the model, such as {@code vm} or {@code disk_attachment}; null when there is none. */
    public static @Nullable StructType<?> named(String name) {
        return Structs.struct(name);
    }

    /** The name in the model. */
    public String name() {
        return name;
    }

    /** The element of one object when it is the whole document. */
    public String element() {
        return element;
    }

    /** The element of a list of objects when it is the whole document. */
    public String plural() {
        return plural;
    }

    /** The generated class. */
    public Class<T> javaType() {
        return java;
    }

    public List<Attribute> attributes() {
        return attributes;
    }

    /** The attribute of that name in the model or on the wire, null when there is none. */
    public @Nullable Attribute attribute(String attribute) {
        return byName.get(attribute);
    }

    /** The attribute that {@code follow} means by that name, in any case and with or without underscores. */
    public @Nullable Attribute followed(String attribute) {
        var plain = Attribute.plain(attribute);
        for (var each : attributes) {
            if (each.linkName().equals(plain)) {
                return each;
            }
        }
        return null;
    }

    /**
     * The attribute of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Attribute require(String attribute) {
        var found = byName.get(attribute);
        if (found == null) {
            throw new IllegalArgumentException("The type " + name + " has no attribute " + attribute + ".");
        }
        return found;
    }

    /** A builder with all attributes absent. */
    public StructBuilder<T> newBuilder() {
        return new StructBuilder<>(this, blank());
    }

    StructBuilder<T> builder(@Nullable Object[] values) {
        return new StructBuilder<>(this, values);
    }

    /** For the generated builders: as many absent values as there are attributes. */
    public @Nullable Object[] blank() {
        return new @Nullable Object[attributes.size()];
    }

    T create(@Nullable Object[] values) {
        return java.cast(Structs.create(number, values));
    }

    /** The attributes that say which object it is, but for the href. */
    List<Attribute> identity() {
        return identity;
    }

    boolean identifies(int index) {
        return identifying[index];
    }

    /**
     * The base with the attributes of the patch put over it: a plain value or a list of the patch replaces that of the
     * base, an object is merged with the base's, an attribute that is absent in the patch stays. An object of
     * the patch that names another object than the base's, by id or by name, replaces it whole: half of one and half of
     * another would be neither.
     */
    public T merge(T base, T patch) {
        var values = blank();
        for (int i = 0; i < values.length; i++) {
            values[i] = merged(attributes.get(i), base.value(i), patch.value(i));
        }
        return create(values);
    }

    private static @Nullable Object merged(Attribute attribute, @Nullable Object base, @Nullable Object patch) {
        if (patch == null) {
            return base;
        }
        if (attribute.kind() != Kind.STRUCT || attribute.isList() || base == null) {
            return patch;
        }
        var before = (Struct) base;
        var now = (Struct) patch;
        return meansAnother(before, now) ? now : mergeAny(attribute.struct(), before, now);
    }

    /** Whether the patch names another object than the base, by another id or by a name alone. */
    private static boolean meansAnother(Struct base, Struct patch) {
        var id = patch.structType().attribute("id");
        if (id == null) {
            return false;
        }
        var named = patch.value(id);
        return named == null ? patch.isReference() : !named.equals(base.value(id));
    }

    private static <S extends Struct> S mergeAny(StructType<S> type, Struct base, Struct patch) {
        return type.merge(type.java.cast(base), type.java.cast(patch));
    }

    @Override
    public String toString() {
        return name;
    }
}
