package org.bellwether.agent.vm;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.VolumeReference;

/** Writes libvirt's document of a snapshot: which disks go on with which files, and where the memory goes. */
final class SnapshotXml {
    private SnapshotXml() {}

    /** A disk's top to be. */
    record Overlay(VolumeReference volume, PreparedVolume file) {}

    static String write(List<Overlay> overlays, DomainView view, Optional<PreparedVolume> memory) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartElement("domainsnapshot");
            xml.writeEmptyElement("memory");
            xml.writeAttribute("snapshot", memory.isPresent() ? "external" : "no");
            if (memory.isPresent()) {
                xml.writeAttribute("file", memory.get().path().toString());
            }
            xml.writeStartElement("disks");
            for (Map.Entry<String, String> disk : view.diskTargets().entrySet()) {
                Optional<Overlay> overlay = overlays.stream()
                        .filter(each -> each.volume().getImageId().equals(disk.getValue()))
                        .findFirst();
                if (overlay.isPresent()) {
                    external(xml, disk.getKey(), overlay.get().file());
                } else {
                    none(xml, disk.getKey());
                }
            }
            for (String other : view.otherDisks()) {
                none(xml, other);
            }
            xml.writeEndElement();
            xml.writeEndElement();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        for (Overlay overlay : overlays) {
            if (!view.diskTargets().containsValue(overlay.volume().getImageId())) {
                throw Refusal.notFound(
                        "The machine has no disk " + overlay.volume().getImageId() + " plugged in");
            }
        }
        return text.toString();
    }

    private static void external(XMLStreamWriter xml, String target, PreparedVolume file) throws XMLStreamException {
        xml.writeStartElement("disk");
        xml.writeAttribute("name", target);
        xml.writeAttribute("snapshot", "external");
        xml.writeAttribute("type", file.block() ? "block" : "file");
        xml.writeEmptyElement("driver");
        xml.writeAttribute("type", "qcow2");
        xml.writeStartElement("source");
        xml.writeAttribute(file.block() ? "dev" : "file", file.path().toString());
        xml.writeEmptyElement("seclabel");
        xml.writeAttribute("model", "dac");
        xml.writeAttribute("relabel", "no");
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private static void none(XMLStreamWriter xml, String target) throws XMLStreamException {
        xml.writeEmptyElement("disk");
        xml.writeAttribute("name", target);
        xml.writeAttribute("snapshot", "no");
    }
}
