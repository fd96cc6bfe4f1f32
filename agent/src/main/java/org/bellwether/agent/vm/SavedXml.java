package org.bellwether.agent.vm;

import java.io.StringWriter;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Xml;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.MachineDefinition;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * libvirt's document of a machine whose memory was saved, to go on with other volumes: each of its disks stands on the one
 * that it had then. What the guest sees of its devices must stay as it is, so only where they lie is exchanged.
 */
final class SavedXml {
    private SavedXml() {}

    static String on(
            String saved,
            MachineDefinition definition,
            Map<String, PreparedVolume> volumes,
            Optional<Leases.Place> lease) {
        Element domain = Xml.document(saved);
        Element devices = Xml.child(domain, "devices").orElse(domain);
        for (Element disk : Xml.children(devices, "disk")) {
            String alias = Xml.attribute(disk, "alias", "name");
            if (!alias.startsWith(DomainXml.ALIAS_PREFIX)) {
                continue;
            }
            String id = alias.substring(DomainXml.ALIAS_PREFIX.length());
            PreparedVolume volume = volumes.get(id);
            if (volume == null && disk.getAttribute("device").equals("cdrom")) {
                // Every machine has a drive, and mostly there is nothing in it.
                Xml.child(disk, "source").ifPresent(disk::removeChild);
                Xml.child(disk, "backingStore").ifPresent(disk::removeChild);
                continue;
            }
            if (volume == null) {
                throw Refusal.wrongState(
                                "Machine " + definition.getName() + " cannot go on with its saved memory: it had "
                                        + "the disk " + id + " then, and has it no more")
                        .next("Start it without the memory.");
            }
            // Its disk may have been moved between files and block storage since.
            disk.setAttribute("type", volume.block() ? "block" : "file");
            Xml.child(disk, "source").ifPresent(source -> {
                source.removeAttribute(volume.block() ? "file" : "dev");
                source.setAttribute(
                        volume.block() ? "dev" : "file", volume.path().toString());
                source.removeAttribute("index");
            });
            Xml.child(disk, "driver")
                    .ifPresent(driver -> driver.setAttribute("type", volume.qcow2() ? "qcow2" : "raw"));
            Xml.child(disk, "backingStore").ifPresent(disk::removeChild);
        }
        // The machine has the lease that it has now, whatever it had then.
        Xml.children(devices, "lease").forEach(devices::removeChild);
        lease.ifPresent(place -> devices.appendChild(element(devices, place)));
        Xml.child(domain, "metadata")
                .flatMap(metadata -> Xml.children(metadata, "machine").stream()
                        .filter(each -> DomainXml.NAMESPACE.equals(each.getNamespaceURI()))
                        .findFirst())
                .ifPresent(machine -> {
                    machine.setAttribute("generation", Long.toUnsignedString(definition.getGeneration()));
                    Xml.child(machine, "definition")
                            .ifPresent(text ->
                                    text.setTextContent(Base64.getEncoder().encodeToString(definition.toByteArray())));
                });
        return text(domain);
    }

    private static Element element(Element devices, Leases.Place place) {
        Document document = devices.getOwnerDocument();
        Element lease = document.createElementNS(null, "lease");
        lease.appendChild(document.createElementNS(null, "lockspace")).setTextContent(place.lockspace());
        lease.appendChild(document.createElementNS(null, "key")).setTextContent(place.key());
        Element target = document.createElementNS(null, "target");
        target.setAttribute("path", place.path().toString());
        target.setAttribute("offset", Long.toString(place.offset()));
        lease.appendChild(target);
        return lease;
    }

    private static String text(Element domain) {
        StringWriter text = new StringWriter();
        try {
            var transformer = TransformerFactory.newDefaultInstance().newTransformer();
            transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            transformer.transform(new DOMSource(domain), new StreamResult(text));
        } catch (TransformerException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }
}
