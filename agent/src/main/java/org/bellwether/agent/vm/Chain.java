package org.bellwether.agent.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.platform.Xml;
import org.bellwether.libvirt.Domain;
import org.w3c.dom.Element;

/**
 * What QEMU has of one disk.
 *
 * @param target libvirt's name of the disk
 * @param volumes the active one first
 * @param indexes libvirt's numbers of them
 * @param commitReady an active commit has come so far that it may be ended
 */
record Chain(String target, List<String> volumes, List<String> indexes, boolean commitReady) {

    /** By image. */
    static Map<String, Chain> of(Domain domain) {
        Map<String, Chain> chains = new HashMap<>();
        Element document = Xml.document(domain.xml());
        Element devices = Xml.child(document, "devices").orElse(document);
        for (Element disk : Xml.children(devices, "disk")) {
            String file = source(disk);
            Path image = file.isEmpty() ? null : Path.of(file).getParent();
            if (image == null || image.getFileName() == null) {
                continue;
            }
            List<String> volumes = new ArrayList<>();
            List<String> indexes = new ArrayList<>();
            volumes.add(name(file));
            indexes.add(Xml.attribute(disk, "source", "index"));
            Optional<Element> below = Xml.child(disk, "backingStore");
            while (below.isPresent()) {
                String lower = source(below.get());
                if (lower.isEmpty()) {
                    break;
                }
                volumes.add(name(lower));
                indexes.add(below.get().getAttribute("index"));
                below = Xml.child(below.get(), "backingStore");
            }
            boolean ready = Xml.child(disk, "mirror")
                    .filter(mirror -> mirror.getAttribute("job").equals("active-commit"))
                    .map(mirror -> mirror.getAttribute("ready").equals("yes"))
                    .orElse(false);
            chains.put(
                    image.getFileName().toString(),
                    new Chain(Xml.attribute(disk, "target", "dev"), volumes, indexes, ready));
        }
        return chains;
    }

    private static String source(Element of) {
        String file = Xml.attribute(of, "source", "file");
        return file.isEmpty() ? Xml.attribute(of, "source", "dev") : file;
    }

    private static String name(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    String active() {
        return volumes.getFirst();
    }

    int index(String volume) {
        return volumes.indexOf(volume);
    }

    String name(int position) {
        return target + "[" + indexes.get(position) + "]";
    }
}
