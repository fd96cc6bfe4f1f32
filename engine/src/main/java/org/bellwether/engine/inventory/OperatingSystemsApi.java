package org.bellwether.engine.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.bellwether.api.types.Architecture;
import org.bellwether.api.types.Icon;
import org.bellwether.api.types.OperatingSystemInfo;
import org.bellwether.api.types.TpmSupport;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operating systems that a machine can be said to have, on the wire: those whose names the API's clients know, and where the
 * package osinfo-db is installed beside the engine, all of its own.
 */
public final class OperatingSystemsApi {

    private static final Logger log = LoggerFactory.getLogger(OperatingSystemsApi.class);
    private static final Path OSINFO = Path.of("/usr/share/osinfo/os");

    private final Path osinfo;
    private volatile List<OperatingSystemInfo> known = List.of();

    public OperatingSystemsApi() {
        this(OSINFO);
    }

    OperatingSystemsApi(Path osinfo) {
        this.osinfo = osinfo;
    }

    public void serve(ApiRoutes routes) {
        routes.read("operating_systems", "list", request -> Reply.list(request.limited(all())));
        routes.read(
                "operating_system",
                "get",
                request -> Reply.of(all().stream()
                        .filter(each -> request.pathId().equals(each.id()))
                        .findFirst()
                        .orElseThrow(() ->
                                Failure.notFound("There is no operating system with the id " + request.pathId()))));
    }

    /** Read when first asked for: hundreds of files. */
    List<OperatingSystemInfo> all() {
        if (known.isEmpty()) {
            Map<String, OperatingSystemInfo> found = new LinkedHashMap<>();
            ours().forEach(each -> found.put(String.valueOf(each.name()), each));
            installed().forEach(each -> found.putIfAbsent(String.valueOf(each.name()), each));
            known = List.copyOf(found.values());
        }
        return known;
    }

    private static List<OperatingSystemInfo> ours() {
        try (InputStream in = Objects.requireNonNull(
                OperatingSystemsApi.class.getResourceAsStream("operating-systems.tsv"), "operating-systems.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(words -> info(words[0], words[1], words[2])
                            .tpmSupport(TpmSupport.valueOf(words[3].toUpperCase(java.util.Locale.ROOT)))
                            .build())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OperatingSystemInfo.Builder info(String id, String name, String description) {
        return OperatingSystemInfo.builder()
                .id(id)
                .name(name)
                .description(description)
                .smallIcon(Icon.builder().id(Seeds.SMALL_ICON.toString()).build())
                .largeIcon(Icon.builder().id(Seeds.LARGE_ICON.toString()).build())
                .architecture(Architecture.X86_64);
    }

    private List<OperatingSystemInfo> installed() {
        if (!Files.isDirectory(osinfo)) {
            return List.of();
        }
        List<OperatingSystemInfo> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(osinfo)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".xml"))
                    .sorted()
                    .toList()) {
                read(file, found);
            }
        } catch (IOException e) {
            log.warn("The operating systems of osinfo-db could not be read: {}", e.toString());
        }
        return found;
    }

    private static void read(Path file, List<OperatingSystemInfo> found) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        String shortId = "";
        String name = "";
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            int depth = 0;
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamReader.END_ELEMENT) {
                    depth--;
                } else if (event == XMLStreamReader.START_ELEMENT) {
                    depth++;
                    boolean ofSystem = depth == 3 && xml.getAttributeCount() == 0;
                    if (ofSystem
                            && (xml.getLocalName().equals("short-id")
                                    || xml.getLocalName().equals("name"))) {
                        boolean id = xml.getLocalName().equals("short-id");
                        String text = xml.getElementText().strip();
                        depth--;
                        shortId = id && shortId.isEmpty() ? text : shortId;
                        name = id ? name : text;
                    }
                }
            }
        } catch (IOException | XMLStreamException e) {
            log.warn("{} could not be read: {}", file, e.getMessage());
            return;
        }
        if (!shortId.isEmpty()) {
            String id = UUID.nameUUIDFromBytes(shortId.getBytes(StandardCharsets.UTF_8))
                    .toString();
            found.add(info(id, shortId, name.isEmpty() ? shortId : name).build());
        }
    }
}
