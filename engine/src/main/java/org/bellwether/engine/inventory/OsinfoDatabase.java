package org.bellwether.engine.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The package osinfo-db: some 800 operating systems of forty years. Of these, those that somebody may still install on a
 * processor of today are of use; and no Windows, whose names here are those that the API's clients know.
 */
final class OsinfoDatabase {

    private static final Logger log = LoggerFactory.getLogger(OsinfoDatabase.class);
    /** How long a system is taken for current whose end the database does not know. */
    private static final int YEARS = 5;

    private final Path directory;

    OsinfoDatabase(Path directory) {
        this.directory = directory;
    }

    /** @param name the one that osinfo's tools know it by */
    record Release(String name, String description) {}

    /** None, without a complaint, where the package is not installed. */
    List<Release> current(LocalDate today) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Release> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".xml"))
                    .sorted()
                    .toList()) {
                read(file)
                        .filter(entry -> entry.current(today))
                        .ifPresent(entry ->
                                found.add(new Release(entry.id, entry.name.isEmpty() ? entry.id : entry.name)));
            }
        } catch (IOException e) {
            log.warn("The operating systems of osinfo-db could not be read: {}", e.toString());
        }
        return found;
    }

    private static Optional<Entry> read(Path file) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var entry = new Entry();
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            int depth = 0;
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamReader.END_ELEMENT) {
                    depth--;
                } else if (event == XMLStreamReader.START_ELEMENT) {
                    depth++;
                    Optional.ofNullable(xml.getAttributeValue(null, "arch")).ifPresent(entry.architectures::add);
                    // What has an attribute is a translation.
                    if (depth == 3 && xml.getAttributeCount() == 0 && Entry.TOLD.contains(xml.getLocalName())) {
                        entry.tell(xml.getLocalName(), xml.getElementText().strip());
                        depth--;
                    }
                }
            }
        } catch (IOException | XMLStreamException e) {
            log.warn("{} could not be read: {}", file, e.getMessage());
            return Optional.empty();
        }
        return entry.id.isEmpty() ? Optional.empty() : Optional.of(entry);
    }

    private static final class Entry {

        static final Set<String> TOLD =
                Set.of("short-id", "name", "family", "release-date", "eol-date", "release-status");

        private final Set<String> architectures = new HashSet<>();
        private String id = "";
        private String name = "";
        private String family = "";
        private String status = "released";
        private Optional<LocalDate> released = Optional.empty();
        private Optional<LocalDate> end = Optional.empty();

        void tell(String element, String text) {
            switch (element) {
                case "short-id" -> id = id.isEmpty() ? text : id;
                case "name" -> name = text;
                case "family" -> family = text;
                case "release-status" -> status = text;
                case "release-date" -> released = date(text);
                default -> end = date(text);
            }
        }

        private static Optional<LocalDate> date(String text) {
            try {
                return Optional.of(LocalDate.parse(text));
            } catch (DateTimeException none) {
                return Optional.empty();
            }
        }

        boolean current(LocalDate today) {
            boolean here = architectures.isEmpty() || architectures.contains("x86_64") || architectures.contains("all");
            boolean supported = end.isPresent()
                    ? !end.get().isBefore(today)
                    : status.equals("rolling")
                            || released.filter(day -> day.isAfter(today.minusYears(YEARS)))
                                    .isPresent();
            return here
                    && supported
                    && !family.equals("winnt")
                    && (status.equals("released") || status.equals("rolling"));
        }
    }
}
