package org.bellwether.engine.ovf;

import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** What documents of both kinds are put together from. */
final class OvfElements {

    private final XMLStreamWriter xml;
    /** How elements are called that are named otherwise in archives. */
    private final String caption;

    private final String instance;

    private OvfElements(XMLStreamWriter xml, String caption, String instance) {
        this.xml = xml;
        this.caption = caption;
        this.instance = instance;
    }

    /** Those of a description that lies on storage. */
    static OvfElements stored(XMLStreamWriter xml) {
        return new OvfElements(xml, "Caption", "InstanceId");
    }

    /** Those of a description in an archive. */
    static OvfElements archived(XMLStreamWriter xml) {
        return new OvfElements(xml, "ElementName", "InstanceID");
    }

    /** Begins an item of hardware, of a type that the standard numbers. */
    void item(int type, String id, String name) throws XMLStreamException {
        open("Item");
        said(type, id, name);
    }

    /** One that whoever does not know it may leave out: VMware refuses the whole machine otherwise. */
    void optionalItem(int type, String id, String name) throws XMLStreamException {
        open("Item", "ovf:required", "false");
        said(type, id, name);
    }

    private void said(int type, String id, String name) throws XMLStreamException {
        rasd(caption, name);
        rasd(instance, id);
        rasd("ResourceType", Integer.toString(type));
    }

    void rasd(String name, String value) throws XMLStreamException {
        text("rasd:" + name, value);
    }

    /** @param attributes names and values in turn */
    void open(String name, String... attributes) throws XMLStreamException {
        xml.writeStartElement(name);
        attributes(attributes);
    }

    /** @param attributes names and values in turn */
    void empty(String name, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(name);
        attributes(attributes);
    }

    /** Of the element that was begun last. */
    void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], OvfXml.plain(attributes[i + 1]));
        }
    }

    void text(String name, String value) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(OvfXml.plain(value));
        xml.writeEndElement();
    }

    void close() throws XMLStreamException {
        xml.writeEndElement();
    }
}
