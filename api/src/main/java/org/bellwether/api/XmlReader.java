package org.bellwether.api;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.bellwether.api.BadDocument.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Reads one document in XML. A document type is refused, so that there are no entities; unknown elements and attributes
 * are skipped.
 */
final class XmlReader {
    private static final XMLInputFactory FACTORY = factory();

    private final XMLStreamReader reader;
    private final Limits limits;
    private int depth;
    private int count;

    private XmlReader(XMLStreamReader reader, Limits limits) {
        this.reader = reader;
        this.limits = limits;
    }

    private static XMLInputFactory factory() {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("External entities are not read.");
        });
        return factory;
    }

    @FunctionalInterface
    private interface Body<R> {
        R read(XmlReader reader) throws XMLStreamException;
    }

    private static <R> R read(byte[] document, Limits limits, Body<R> body) {
        limits.check(document.length);
        try {
            var stream = FACTORY.createXMLStreamReader(new StringReader(Characters.of(document)));
            try {
                var reader = new XmlReader(stream, limits);
                while (reader.next() != XMLStreamConstants.START_ELEMENT) {
                    // Comments and white space before the root element mean nothing.
                }
                var result = body.read(reader);
                while (reader.next() != XMLStreamConstants.END_DOCUMENT) {
                    // Nor do they after it; anything else is not well-formed and thrown.
                }
                return result;
            } finally {
                stream.close();
            }
        } catch (XMLStreamException e) {
            var where = e.getLocation();
            var place = where == null || where.getLineNumber() < 0
                    ? ""
                    : " at line " + where.getLineNumber() + ", column " + where.getColumnNumber();
            throw new BadDocument(Cause.SYNTAX, "The XML is broken" + place + ": " + message(e));
        } catch (RuntimeException e) {
            if (e instanceof BadDocument bad) {
                throw bad;
            }
            throw new BadDocument(Cause.SYNTAX, "The XML is broken: " + Values.shown(e.getMessage()) + ".");
        }
    }

    /** The parser's message without the place, which it repeats on lines of their own. */
    private static String message(XMLStreamException e) {
        var text = String.valueOf(e.getMessage());
        int at = text.indexOf("Message: ");
        return Values.shown(at < 0 ? text : text.substring(at + "Message: ".length()));
    }

    static <T extends Struct> T object(byte[] document, StructType<T> type, Limits limits) {
        return read(document, limits, reader -> {
            reader.root(type.element(), type.name());
            return reader.object(type, new Trail(type.element()));
        });
    }

    static <T extends Struct> List<T> list(byte[] document, StructType<T> type, Limits limits) {
        return read(document, limits, reader -> {
            reader.root(type.plural(), type.name() + "s");
            var items = new ArrayList<T>();
            while (reader.next() != XMLStreamConstants.END_ELEMENT) {
                if (reader.isStart()) {
                    if (reader.reader.getLocalName().equals(type.element())) {
                        items.add(reader.object(type, new Trail(type.element())));
                    } else {
                        reader.skip();
                    }
                }
            }
            return List.copyOf(items);
        });
    }

    private void root(String expected, String otherwise) {
        var name = reader.getLocalName();
        if (!name.equals(expected) && !name.equals(otherwise)) {
            throw syntax("The element <" + expected + "> is expected, but <" + Values.shown(name) + "> was found.");
        }
    }

    /** Reads up to and with the end of the element that begins here. */
    private <T extends Struct> T object(StructType<T> type, Trail path) throws XMLStreamException {
        var builder = type.newBuilder();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            var attribute = type.attribute(reader.getAttributeLocalName(i));
            if (attribute != null && attribute.kind() != Kind.STRUCT && !attribute.isList()) {
                var text = reader.getAttributeValue(i);
                path.enter(attribute);
                builder.putUnchecked(
                        attribute.index(),
                        attribute.isHref() ? Places.below(text) : Values.parse(attribute, text, path));
                path.leave();
            }
        }
        while (next() != XMLStreamConstants.END_ELEMENT) {
            if (!isStart()) {
                if (reader.isCharacters() && !reader.isWhiteSpace()) {
                    throw syntax("Text stands in '" + path + "', where only elements may.");
                }
                continue;
            }
            var attribute = type.attribute(reader.getLocalName());
            if (attribute == null) {
                skip();
                continue;
            }
            path.enter(attribute);
            builder.putUnchecked(
                    attribute.index(),
                    attribute.isList() ? values(attribute, builder.current(attribute), path) : value(attribute, path));
            path.leave();
        }
        return builder.finish();
    }

    /**
     * The values of a list, after those that an earlier element of the same name brought. The published Java SDK writes a
     * list of plain values as one such element for each, with the value as its text.
     */
    private List<Object> values(Attribute attribute, @Nullable Object earlier, Trail path) throws XMLStreamException {
        var values = earlier instanceof List<?> list ? new ArrayList<Object>(list) : new ArrayList<>();
        var text = new StringBuilder();
        while (next() != XMLStreamConstants.END_ELEMENT) {
            if (!isStart()) {
                if (reader.isCharacters()) {
                    text.append(reader.getText());
                }
            } else if (attribute.isInner(reader.getLocalName())) {
                values.add(value(attribute, path));
            } else {
                skip();
            }
        }
        if (!text.toString().isBlank()) {
            if (attribute.kind() == Kind.STRUCT) {
                throw syntax("Text stands in the list '" + path + "', where only elements may.");
            }
            values.add(Values.parse(attribute, text.toString(), path));
        }
        return List.copyOf(values);
    }

    private Object value(Attribute attribute, Trail path) throws XMLStreamException {
        if (attribute.kind() == Kind.STRUCT) {
            return object(attribute.struct(), path);
        }
        var text = new StringBuilder();
        while (next() != XMLStreamConstants.END_ELEMENT) {
            if (isStart()) {
                throw Values.wrong(attribute, "(the element <" + Values.shown(reader.getLocalName()) + ">)", path);
            }
            if (reader.isCharacters()) {
                text.append(reader.getText());
            }
        }
        return attribute.isHref() ? Places.below(text.toString()) : Values.parse(attribute, text.toString(), path);
    }

    private void skip() throws XMLStreamException {
        for (int open = 1; open > 0; ) {
            switch (next()) {
                case XMLStreamConstants.START_ELEMENT -> open++;
                case XMLStreamConstants.END_ELEMENT -> open--;
                default -> {
                    // Text and comments of an element nobody knows.
                }
            }
        }
    }

    private boolean isStart() {
        return reader.isStartElement();
    }

    private int next() throws XMLStreamException {
        int event = reader.next();
        switch (event) {
            case XMLStreamConstants.START_ELEMENT -> {
                depth++;
                count += 1 + reader.getAttributeCount();
                if (depth > limits.depth() || count > limits.values()) {
                    throw new BadDocument(
                            Cause.LIMIT,
                            "The XML document has more than " + limits.values() + " elements or more than "
                                    + limits.depth() + " levels. Send less at once.");
                }
            }
            case XMLStreamConstants.END_ELEMENT -> depth--;
            case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                throw syntax("Document types and entities are not accepted.");
            default -> {
                // Text, comments and instructions cost no more than their bytes.
            }
        }
        return event;
    }

    private BadDocument syntax(String detail) {
        var where = reader.getLocation();
        return new BadDocument(
                Cause.SYNTAX,
                detail + " Look at line " + where.getLineNumber() + ", column " + where.getColumnNumber() + ".");
    }
}
