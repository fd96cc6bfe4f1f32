package org.bellwether.agent.vm;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** XML as it is written, element by element, into memory. */
final class XmlText {
    private final XMLStreamWriter xml;

    private XmlText(XMLStreamWriter xml) {
        this.xml = xml;
    }

    interface Part {
        void write(XmlText xml);
    }

    private interface Writing {
        void run() throws XMLStreamException;
    }

    static String of(Part part) {
        StringWriter text = new StringWriter();
        written(() -> {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            part.write(new XmlText(xml));
            xml.close();
        });
        return text.toString();
    }

    /** @param attributes name, value, name, value … */
    void open(String name, String... attributes) {
        written(() -> {
            xml.writeStartElement(name);
            attributes(attributes);
        });
    }

    void close() {
        written(xml::writeEndElement);
    }

    void empty(String name, String... attributes) {
        written(() -> {
            xml.writeEmptyElement(name);
            attributes(attributes);
        });
    }

    void text(String name, String value, String... attributes) {
        open(name, attributes);
        characters(value);
        close();
    }

    void characters(String value) {
        written(() -> xml.writeCharacters(value));
    }

    /** An element of a vocabulary other than libvirt's. */
    void foreign(String prefix, String name, String namespace) {
        written(() -> xml.writeStartElement(prefix, name, namespace));
    }

    void namespace(String prefix, String namespace) {
        written(() -> xml.writeNamespace(prefix, namespace));
    }

    void attribute(String name, String value) {
        written(() -> xml.writeAttribute(name, value));
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private static void written(Writing writing) {
        try {
            writing.run();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
    }
}
