package org.bellwether.agent.vm;

import java.io.StringWriter;
import java.util.Base64;
import java.util.List;
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
 * libvirt's document of a machine that goes on elsewhere, or with other volumes: each of its disks stands on the one that it
 * had then, and its threads run on other processors of the host. What the guest sees of its devices must stay as it is, so
 * only where they lie is exchanged.
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
        place(domain, definition);
        describe(domain, definition);
        return text(domain);
    }

    /** Whether a definition puts the machine's threads elsewhere than they were when the document was written. */
    static boolean elsewhere(String then, MachineDefinition definition) {
        return DomainView.parse(then)
                .definition()
                .filter(before -> before.getCpuSet().equals(definition.getCpuSet())
                        && before.getExclusiveCpus() == definition.getExclusiveCpus()
                        && before.getCpuPinsList().equals(definition.getCpuPinsList()))
                .isEmpty();
    }

    /** The same machine with its threads where the definition says, and nothing else changed. */
    static String placed(String present, MachineDefinition definition) {
        Element domain = Xml.document(present);
        place(domain, definition);
        describe(domain, definition);
        return text(domain);
    }

    private static void place(Element domain, MachineDefinition definition) {
        String set = definition.getCpuSet();
        Xml.child(domain, "vcpu").ifPresent(vcpu -> {
            vcpu.removeAttribute("cpuset");
            if (!set.isEmpty()) {
                vcpu.setAttribute("placement", "static");
                vcpu.setAttribute("cpuset", set);
            }
        });
        Element tuning = Xml.child(domain, "cputune").orElseGet(() -> {
            Element made = domain.getOwnerDocument().createElementNS(null, "cputune");
            Xml.child(domain, "vcpu")
                    .map(Element::getNextSibling)
                    .ifPresentOrElse(after -> domain.insertBefore(made, after), () -> domain.appendChild(made));
            return made;
        });
        for (String kind : List.of("vcpupin", "emulatorpin", "iothreadpin")) {
            Xml.children(tuning, kind).forEach(tuning::removeChild);
        }
        definition
                .getCpuPinsList()
                .forEach(pin ->
                        pin(tuning, "vcpupin", pin.getCpuSet()).setAttribute("vcpu", Integer.toString(pin.getVcpu())));
        if (!set.isEmpty()) {
            pin(tuning, "emulatorpin", set);
            // As many as it was started with, which is not always what is decided now.
            String threads = Xml.text(domain, "iothreads");
            for (int thread = 1; thread <= (threads.isEmpty() ? 0 : Integer.parseInt(threads)); thread++) {
                pin(tuning, "iothreadpin", set).setAttribute("iothread", Integer.toString(thread));
            }
        }
        if (!tuning.hasChildNodes()) {
            domain.removeChild(tuning);
        }
    }

    private static Element pin(Element tuning, String kind, String set) {
        Element pin = tuning.getOwnerDocument().createElementNS(null, kind);
        pin.setAttribute("cpuset", set);
        tuning.appendChild(pin);
        return pin;
    }

    private static void describe(Element domain, MachineDefinition definition) {
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
