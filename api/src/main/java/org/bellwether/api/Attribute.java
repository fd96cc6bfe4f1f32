package org.bellwether.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.bellwether.api.types.Structs;
import org.jspecify.annotations.Nullable;

/**
 * One attribute of a type: its names, and what its values are. An attribute of an object is null when absent; an empty
 * list is not absent.
 */
public final class Attribute {
    private final int index;
    private final String name;
    private final String wire;
    private final String inner;
    private final Kind kind;
    private final boolean list;
    private final boolean link;
    private final int typeNumber;
    private final byte[] jsonKey;
    private final byte[] xmlName;
    private final byte[] xmlInner;
    private final String linkName;
    private final boolean href;
    private final boolean xmlAttribute;
    private volatile @Nullable StructType<?> struct;
    private volatile @Nullable EnumType<?> enumeration;

    /** Reads the notation of the generator: {@code name=@*o57:inner>wire}. */
    Attribute(int index, String notation) {
        this.index = index;
        int at = notation.indexOf('=');
        this.name = notation.substring(0, at++);
        this.link = notation.charAt(at) == '@';
        at += link ? 1 : 0;
        this.list = notation.charAt(at) == '*';
        at += list ? 1 : 0;
        int renamed = notation.indexOf('>', at);
        int end = renamed < 0 ? notation.length() : renamed;
        int colon = notation.indexOf(':', at);
        this.wire = renamed < 0 ? name : notation.substring(renamed + 1);
        this.inner = colon < 0 ? "" : notation.substring(colon + 1, end);
        this.kind = switch (notation.charAt(at)) {
            case 'S' -> Kind.STRING;
            case 'L' -> Kind.INTEGER;
            case 'D' -> Kind.DECIMAL;
            case 'B' -> Kind.BOOLEAN;
            case 'I' -> Kind.DATE;
            case 'e' -> Kind.ENUM;
            case 'o' -> Kind.STRUCT;
            default -> throw new IllegalStateException("The generator wrote an attribute nobody can read: " + notation);
        };
        this.typeNumber = kind == Kind.ENUM || kind == Kind.STRUCT
                ? Integer.parseInt(notation, at + 1, colon < 0 ? end : colon, 10)
                : -1;
        this.jsonKey = ('"' + wire + "\":").getBytes(StandardCharsets.US_ASCII);
        this.xmlInner = inner.getBytes(StandardCharsets.US_ASCII);
        this.linkName = plain(name);
        this.href = name.equals("href");
        this.xmlAttribute = href || name.equals("id");
        this.xmlName = wire.getBytes(StandardCharsets.US_ASCII);
    }

    /** The place of the attribute among those of its type. */
    public int index() {
        return index;
    }

    /** The model's name, in snake case; with few exceptions also the name on the wire. */
    public String name() {
        return name;
    }

    /** The key in JSON, the element in XML. */
    public String wire() {
        return wire;
    }

    /** The element of one value of the list; empty when this is no list. */
    public String inner() {
        return inner;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isList() {
        return list;
    }

    /** Whether the value is a reference that {@code follow} may replace by the whole object. */
    public boolean isLink() {
        return link;
    }

    /** The name as {@code follow} and links spell it: lower case, without underscores. */
    public String linkName() {
        return linkName;
    }

    static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    /**
     * The type of the values.
     *
     * @throws IllegalStateException when the values are no objects
     */
    public StructType<?> struct() {
        var known = struct;
        if (known == null) {
            if (kind != Kind.STRUCT) {
                throw new IllegalStateException("The attribute " + name + " holds no objects.");
            }
            known = Structs.struct(typeNumber);
            struct = known;
        }
        return known;
    }

    /**
     * The enumeration of the values.
     *
     * @throws IllegalStateException when the values are not enumerated
     */
    public EnumType<?> enumeration() {
        var known = enumeration;
        if (known == null) {
            if (kind != Kind.ENUM) {
                throw new IllegalStateException("The attribute " + name + " is not enumerated.");
            }
            known = Structs.enumeration(typeNumber);
            enumeration = known;
        }
        return known;
    }

    byte[] jsonKey() {
        return jsonKey;
    }

    byte[] xmlName() {
        return xmlName;
    }

    byte[] xmlInner() {
        return xmlInner;
    }

    boolean isHref() {
        return href;
    }

    /** Whether an element of that name holds one value of this list; readers are looser than writers. */
    boolean isInner(String element) {
        return element.equals(inner)
                || (kind == Kind.STRUCT && element.equals(struct().name()))
                || (wire.length() == element.length() + 1 && wire.startsWith(element) && wire.endsWith("s"));
    }

    /** XML puts these two on the element itself. */
    boolean isXmlAttribute() {
        return xmlAttribute;
    }

    /** Whether the value may stand in this attribute. */
    boolean accepts(Object value) {
        if (!list) {
            return acceptsOne(value);
        }
        return value instanceof List<?> values && values.stream().allMatch(this::acceptsOne);
    }

    private boolean acceptsOne(Object value) {
        return switch (kind) {
            case STRING -> value instanceof String;
            case INTEGER -> value instanceof Long;
            case DECIMAL -> value instanceof Double;
            case BOOLEAN -> value instanceof Boolean;
            case DATE -> value instanceof Instant;
            case ENUM -> value instanceof WireEnum each && enumeration().find(each.wire()) == each;
            case STRUCT -> value instanceof Struct each && each.structType() == struct();
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
