package org.bellwether.engine.platform.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.api.Attribute;
import org.bellwether.api.Kind;
import org.bellwether.api.Routes;
import org.bellwether.api.StructType;
import org.bellwether.api.types.Fault;

/**
 * The XML documents of the API as a schema, for clients that ask for {@code ?schema}: their elements, in any order, and the
 * types of their values. It is made of the same model that reads and writes the documents.
 */
final class ApiXmlSchema {
    private static final String NAMESPACE = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    private static final String LINK = "link";
    private static final String ACTIONS = "actions";

    /** No type of the model has a hyphen in its name. */
    private static final String LINK_TYPE = "hyper-link";

    private final XMLStreamWriter out;

    private ApiXmlSchema(XMLStreamWriter out) {
        this.out = out;
    }

    static byte[] document() {
        var bytes = new ByteArrayOutputStream();
        try {
            var out = XMLOutputFactory.newFactory().createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
            new ApiXmlSchema(out).write(types());
            out.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException("Memory refused to be written to.", impossible);
        }
        return bytes.toByteArray();
    }

    /** All that clients send or are sent, by name. */
    private static Map<String, StructType<?>> types() {
        Deque<StructType<?>> open = new ArrayDeque<>();
        open.add(Fault.TYPE);
        for (var route : Routes.all()) {
            StructType<?> body = route.method().body();
            StructType<?> result = route.method().result();
            if (body != null) {
                open.add(body);
            }
            if (result != null) {
                open.add(result);
            }
        }
        Map<String, StructType<?>> known = new LinkedHashMap<>();
        while (!open.isEmpty()) {
            StructType<?> type = open.remove();
            if (known.putIfAbsent(type.name(), type) == null) {
                for (Attribute attribute : type.attributes()) {
                    if (attribute.kind() == Kind.STRUCT) {
                        open.add(attribute.struct());
                    }
                }
            }
        }
        return known;
    }

    private void write(Map<String, StructType<?>> types) throws XMLStreamException {
        out.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
        out.setPrefix("xs", NAMESPACE);
        out.writeStartElement(NAMESPACE, "schema");
        out.writeNamespace("xs", NAMESPACE);
        Set<String> roots = new TreeSet<>();
        for (StructType<?> type : types.values()) {
            if (roots.add(type.element())) {
                element(type.element(), type.name());
            }
            if (roots.add(type.plural())) {
                list(type.plural(), type.element(), type.name());
            }
        }
        for (StructType<?> type : types.values()) {
            type(type);
        }
        out.writeStartElement(NAMESPACE, "complexType");
        out.writeAttribute("name", LINK_TYPE);
        attribute("href");
        attribute("rel");
        out.writeEndElement();
        out.writeEndElement();
        out.writeEndDocument();
    }

    private void type(StructType<?> type) throws XMLStreamException {
        out.writeStartElement(NAMESPACE, "complexType");
        out.writeAttribute("name", type.name());
        out.writeAttribute("mixed", "true");
        anyOrder();
        Set<String> written = new TreeSet<>();
        for (Attribute attribute : type.attributes()) {
            if (!isOnElement(attribute) && written.add(attribute.wire())) {
                if (attribute.isList()) {
                    list(attribute.wire(), attribute.inner(), typeOf(attribute));
                } else {
                    element(attribute.wire(), typeOf(attribute));
                }
            }
        }
        decoration(written);
        out.writeEndElement();
        attribute("href");
        attribute("id");
        out.writeEndElement();
    }

    /** What can be done to an object, and what belongs to it. */
    private void decoration(Set<String> written) throws XMLStreamException {
        if (written.add(LINK)) {
            element(LINK, LINK_TYPE);
        }
        if (written.add(ACTIONS)) {
            list(ACTIONS, LINK, LINK_TYPE);
        }
    }

    private void list(String name, String inner, String type) throws XMLStreamException {
        out.writeStartElement(NAMESPACE, "element");
        out.writeAttribute("name", name);
        out.writeStartElement(NAMESPACE, "complexType");
        anyOrder();
        element(inner, type);
        if (!name.equals(ACTIONS)) {
            decoration(new TreeSet<>(Set.of(inner)));
        }
        out.writeEndElement();
        attribute("href");
        out.writeEndElement();
        out.writeEndElement();
    }

    private void anyOrder() throws XMLStreamException {
        out.writeStartElement(NAMESPACE, "choice");
        out.writeAttribute("minOccurs", "0");
        out.writeAttribute("maxOccurs", "unbounded");
    }

    private void element(String name, String type) throws XMLStreamException {
        out.writeEmptyElement(NAMESPACE, "element");
        out.writeAttribute("name", name);
        out.writeAttribute("type", type);
    }

    private void attribute(String name) throws XMLStreamException {
        out.writeEmptyElement(NAMESPACE, "attribute");
        out.writeAttribute("name", name);
        out.writeAttribute("type", "xs:string");
    }

    /** XML puts these two on the element itself. */
    private static boolean isOnElement(Attribute attribute) {
        return attribute.name().equals("href") || attribute.name().equals("id");
    }

    private static String typeOf(Attribute attribute) {
        return switch (attribute.kind()) {
            case STRUCT -> attribute.struct().name();
            case INTEGER -> "xs:integer";
            case DECIMAL -> "xs:decimal";
            case BOOLEAN -> "xs:boolean";
            case DATE -> "xs:dateTime";
            // A newer engine has values that an older client does not know.
            case ENUM, STRING -> "xs:string";
        };
    }
}
