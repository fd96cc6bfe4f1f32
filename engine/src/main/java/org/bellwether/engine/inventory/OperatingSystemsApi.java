package org.bellwether.engine.inventory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.bellwether.api.types.Architecture;
import org.bellwether.api.types.Icon;
import org.bellwether.api.types.OperatingSystemInfo;
import org.bellwether.api.types.TpmSupport;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;

/**
 * Operating systems that a machine can be said to have, on the wire: those whose names the API's clients know, those that
 * people install today, and where the package osinfo-db is installed beside the engine, what it knows of newer ones.
 */
public final class OperatingSystemsApi {

    private static final Path OSINFO = Path.of("/usr/share/osinfo/os");
    /** The API's clients know these by numbers; others have an id that follows from their name. */
    private static final String NO_NUMBER = "-";

    private final OsinfoDatabase osinfo;
    private final Clock clock;
    private volatile List<OperatingSystemInfo> known = List.of();

    public OperatingSystemsApi(Clock clock) {
        this(new OsinfoDatabase(OSINFO), clock);
    }

    OperatingSystemsApi(OsinfoDatabase osinfo, Clock clock) {
        this.osinfo = osinfo;
        this.clock = clock;
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
            var plain = found.keySet().stream().map(OperatingSystemsApi::plain).toList();
            osinfo.current(LocalDate.now(clock)).stream()
                    .filter(system -> plain.stream().noneMatch(name -> covers(name, system.name())))
                    .forEach(system -> found.putIfAbsent(
                            system.name(),
                            info(NO_NUMBER, system.name(), system.description()).build()));
            known = List.copyOf(found.values());
        }
        return known;
    }

    /** A name of ours, as osinfo-db would say it. */
    private static String plain(String name) {
        return name.replaceFirst("x64$", "").replace("_", "");
    }

    /** Whether a system is one of ours, or a minor version of it: rhel9.4 of rhel_9x64, sle15sp6 of sle15. */
    private static boolean covers(String ours, String system) {
        var name = system.replace("-", "");
        return name.equals(ours) || name.startsWith(ours + ".") || name.startsWith(ours + "sp");
    }

    private static List<OperatingSystemInfo> ours() {
        try (InputStream in = Objects.requireNonNull(
                OperatingSystemsApi.class.getResourceAsStream("operating-systems.tsv"), "operating-systems.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(words -> info(words[0], words[1], words[2])
                            .tpmSupport(TpmSupport.valueOf(words[3].toUpperCase(Locale.ROOT)))
                            .build())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OperatingSystemInfo.Builder info(String id, String name, String description) {
        return OperatingSystemInfo.builder()
                .id(
                        id.equals(NO_NUMBER)
                                ? UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                                        .toString()
                                : id)
                .name(name)
                .description(description)
                .smallIcon(Icon.builder().id(Seeds.SMALL_ICON.toString()).build())
                .largeIcon(Icon.builder().id(Seeds.LARGE_ICON.toString()).build())
                .architecture(Architecture.X86_64);
    }
}
