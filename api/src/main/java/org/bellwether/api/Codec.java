package org.bellwether.api;

import java.util.List;

/**
 * Reads and writes objects of the API, in JSON and in XML. Stateless; safe for use by any thread.
 *
 * <p>What is written without hrefs ({@link Hrefs#none}) reads back as the same object, but for decimals that are no
 * finite number, which are left out, and, in XML, characters that XML cannot carry, which become U+FFFD.
 */
public final class Codec {
    private static final int SMALL = 8192;

    private Codec() {}

    /** The document of one object. */
    public static Document document(Format format, Struct object, Hrefs hrefs) {
        var out = new Bytes(SMALL);
        switch (format) {
            case JSON -> new JsonWriter(out, hrefs).document(object);
            case XML -> new XmlWriter(out, hrefs).document(object);
        }
        return new Document(out);
    }

    /**
     * The document of a list of objects.
     *
     * @param type the type of the objects, which names the document when there are none
     * @param hrefs where the collection is; each object is at its id below it
     */
    public static Document document(Format format, StructType<?> type, List<? extends Struct> objects, Hrefs hrefs) {
        var out = new Bytes(SMALL);
        switch (format) {
            case JSON -> new JsonWriter(out, hrefs).document(type, objects);
            case XML -> new XmlWriter(out, hrefs).document(type, objects);
        }
        return new Document(out);
    }

    /** The bytes of {@link #document(Format, Struct, Hrefs)}. */
    public static byte[] write(Format format, Struct object, Hrefs hrefs) {
        return document(format, object, hrefs).toArray();
    }

    /** The bytes of {@link #document(Format, StructType, List, Hrefs)}. */
    public static byte[] write(Format format, StructType<?> type, List<? extends Struct> objects, Hrefs hrefs) {
        return document(format, type, objects, hrefs).toArray();
    }

    /**
     * The object that a document holds.
     *
     * @throws BadDocument when the document is broken, over {@link Limits#USUAL}, or has values of a wrong kind
     */
    public static <T extends Struct> T read(Format format, byte[] document, StructType<T> type) {
        return read(format, document, type, Limits.USUAL);
    }

    /**
     * The object that a document holds.
     *
     * @throws BadDocument when the document is broken, over the limits, or has values of a wrong kind
     */
    public static <T extends Struct> T read(Format format, byte[] document, StructType<T> type, Limits limits) {
        return switch (format) {
            case JSON -> JsonReader.object(document, type, limits);
            case XML -> XmlReader.object(document, type, limits);
        };
    }

    /**
     * The objects that a document of a list holds.
     *
     * @throws BadDocument when the document is broken, over the limits, or has values of a wrong kind
     */
    public static <T extends Struct> List<T> readList(
            Format format, byte[] document, StructType<T> type, Limits limits) {
        return switch (format) {
            case JSON -> JsonReader.list(document, type, limits);
            case XML -> XmlReader.list(document, type, limits);
        };
    }
}
