package org.bellwether.engine.platform.config;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The engine's configuration, read from a properties file. A key that is not known is refused, because a mistyped key
 * that is silently ignored costs somebody an evening.
 *
 * @param dataDirectory where the engine keeps its database, keys and password; made when it is not there
 * @param httpAddress the address to listen on
 * @param httpsPort the port of API and portals
 * @param httpPort the port for health and the authority's certificate without TLS; absent: none
 * @param vncPort the port for native VNC clients, whose bytes are not encrypted; absent: none, and such clients stay outside
 * @param externalName the name or address people and hosts reach the engine by; goes into its certificate
 * @param adminPasswordFile where the password of admin@internal is, or is put at first start
 * @param database an external PostgreSQL; absent: the one the engine brings along
 * @param crashAt where a test wants the engine to die; empty in real life
 * @param hostCertificateLife how long the certificates of hosts are good; they are renewed at half of it
 * @param authorityLife how long an authority is good for that is made from now on; it is replaced with a quarter of it left
 * @param webFiles a certificate and key of the organisation's for the HTTPS server; absent: the engine's authority makes one
 * @param agentArchive what is put on hosts that are installed over SSH
 * @param vmProperties custom properties that machines may have, and what their values look like
 * @param kdumpPort the UDP port at which crashed hosts say that they are writing their memory away; absent: none
 * @param silence what is done about hosts of which nothing is heard, and when
 * @param power when controllers are asked, and how soon hosts are switched off
 * @param traces where traces go; absent: none are made
 */
public record EngineConfig(
        Path dataDirectory,
        String httpAddress,
        int httpsPort,
        Optional<Integer> httpPort,
        Optional<Integer> vncPort,
        String externalName,
        Path adminPasswordFile,
        Optional<DatabaseConfig> database,
        String crashAt,
        Duration hostCertificateLife,
        Duration authorityLife,
        Optional<WebFiles> webFiles,
        Path agentArchive,
        Map<String, Pattern> vmProperties,
        Optional<Integer> kdumpPort,
        Silence silence,
        PowerTimes power,
        Optional<TraceConfig> traces) {

    /** Where this machine itself reaches the engine, under a name that is in its certificate. */
    public String localAddress() {
        try {
            return InetAddress.getByName(httpAddress).isAnyLocalAddress() ? "localhost" : httpAddress;
        } catch (UnknownHostException e) {
            return httpAddress;
        }
    }

    /**
     * Patience with silent hosts.
     *
     * @param patience how long a host may be silent before it counts as not responding, and may be fenced
     * @param quiet how long after the engine's own start no host is fenced for being silent: they may all be late then
     */
    public record Silence(Duration patience, Duration quiet) {
        public static final Silence USUAL = new Silence(Duration.ofMinutes(1), Duration.ofMinutes(5));
    }

    /**
     * When power is looked at.
     *
     * @param controllers how often the management controllers of hosts are asked whether they answer
     * @param empty for how long a host must have been empty before it is switched off to save power
     */
    public record PowerTimes(Duration controllers, Duration empty) {
        public static final PowerTimes USUAL = new PowerTimes(Duration.ofHours(1), Duration.ofMinutes(5));
    }

    /**
     * What an organisation made for the HTTPS server; read again whenever it changes.
     *
     * @param certificate in PEM, with those between it and one that clients know behind it
     * @param key in PEM, without a passphrase
     */
    public record WebFiles(Path certificate, Path key) {}

    /** How to reach an external PostgreSQL. */
    public record DatabaseConfig(String url, String user, Path passwordFile) {}

    /**
     * Reads and checks the file.
     *
     * @throws IllegalArgumentException with a sentence for the person who wrote it
     */
    public static EngineConfig read(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("The configuration " + file + " cannot be read: " + e.getMessage(), e);
        }
        return new Keys(file, properties).config();
    }

    private static final class Keys {
        private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);
        private static final Duration SHORTEST_AUTHORITY = Duration.ofMinutes(2);
        private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(5);
        private static final Duration SHORTEST_LOOK = Duration.ofSeconds(5);

        private final Path file;
        private final Properties properties;
        private final Set<String> known = new HashSet<>();

        Keys(Path file, Properties properties) {
            this.file = file;
            this.properties = properties;
        }

        EngineConfig config() {
            var data = Path.of(text("data-dir")
                    .orElseThrow(() -> wrong("data-dir", "is missing: name a directory for the engine")));
            var address = text("http.address").orElse("127.0.0.1");
            var url = text("database.url");
            var user = text("database.user").orElse("bellwether");
            var passwordFile = text("database.password-file");
            var config = new EngineConfig(
                    data,
                    address,
                    port("https.port").orElse(8443),
                    port("http.port"),
                    port("vnc.port"),
                    text("external-name").orElse(address),
                    text("admin-password-file").map(Path::of).orElse(data.resolve("admin-password")),
                    url.map(there -> new DatabaseConfig(
                            there,
                            user,
                            Path.of(passwordFile.orElseThrow(
                                    () -> wrong("database.password-file", "is missing: database.url needs it"))))),
                    text("crash-at").orElse(""),
                    duration("host-certificate-life", SHORTEST_LIFE, "P30D").orElse(Duration.ofDays(30)),
                    duration("authority-life", SHORTEST_AUTHORITY, "P3650D").orElse(Duration.ofDays(3650)),
                    webFiles(),
                    Path.of(text("agent-archive").orElse("/usr/lib/bellwether/bellwether-agent.tar.gz")),
                    text("vm-properties").map(this::patterns).orElse(Map.of()),
                    port("kdump.port"),
                    new Silence(
                            duration("host-patience", SHORTEST_PATIENCE, "PT1M").orElse(Silence.USUAL.patience()),
                            duration("fencing-quiet", Duration.ZERO, "PT5M").orElse(Silence.USUAL.quiet())),
                    new PowerTimes(
                            duration("controllers-every", SHORTEST_LOOK, "PT1H").orElse(PowerTimes.USUAL.controllers()),
                            duration("power-saving-after", SHORTEST_LOOK, "PT5M")
                                    .orElse(PowerTimes.USUAL.empty())),
                    traces());
            var unknown = new TreeSet<>(properties.stringPropertyNames());
            unknown.removeAll(known);
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("The configuration " + file + " has keys that mean nothing: "
                        + String.join(", ", unknown) + ". Known are: " + String.join(", ", new TreeSet<>(known)) + ".");
            }
            return config;
        }

        private Optional<WebFiles> webFiles() {
            var certificate = text("web.certificate-file");
            var key = text("web.key-file");
            if (certificate.isPresent() != key.isPresent()) {
                throw wrong(
                        certificate.isPresent() ? "web.key-file" : "web.certificate-file",
                        "is missing: certificate and key go together");
            }
            return certificate.map(file -> new WebFiles(Path.of(file), Path.of(key.orElseThrow())));
        }

        private Optional<TraceConfig> traces() {
            var headers = text("traces.headers-file").map(Path::of).map(this::headers);
            var authority = text("traces.ca-file").map(Path::of);
            var part = text("traces.part").map(this::part);
            return text("traces.endpoint")
                    .map(there -> new TraceConfig(
                            address("traces.endpoint", there), headers.orElse(Map.of()), authority, part.orElse(1.0)));
        }

        private URI address(String key, String value) {
            try {
                var address = new URI(value);
                if (address.getHost() != null && Set.of("http", "https").contains(address.getScheme())) {
                    return address;
                }
            } catch (URISyntaxException e) {
                throw wrong(key, "is '" + value + "', which is no address: " + e.getReason());
            }
            throw wrong(key, "is '" + value + "', which is no address such as http://127.0.0.1:4318/v1/traces");
        }

        private double part(String value) {
            try {
                double part = Double.parseDouble(value);
                if (part >= 0 && part <= 1) {
                    return part;
                }
            } catch (NumberFormatException e) {
                throw wrong("traces.part", "is '" + value + "', which is no number such as 0.1");
            }
            throw wrong("traces.part", "is " + value + "; it goes from 0 to 1");
        }

        /** A line for each, such as {@code Authorization: Bearer …}. */
        private Map<String, String> headers(Path headers) {
            Map<String, String> found = new LinkedHashMap<>();
            try {
                for (String line : Files.readAllLines(headers)) {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        found.put(
                                line.substring(0, colon).strip(),
                                line.substring(colon + 1).strip());
                    } else if (!line.isBlank()) {
                        throw wrong(
                                "traces.headers-file", "names " + headers + ", where a line is not like Name: value");
                    }
                }
            } catch (IOException e) {
                throw wrong("traces.headers-file", "names " + headers + ", which cannot be read: " + e.getMessage());
            }
            return found;
        }

        /** In ISO 8601, such as P30D or PT1M. */
        private Optional<Duration> duration(String key, Duration shortest, String example) {
            return text(key).map(value -> {
                try {
                    var duration = Duration.parse(value);
                    if (duration.compareTo(shortest) >= 0) {
                        return duration;
                    }
                } catch (DateTimeParseException e) {
                    throw wrong(key, "is '" + value + "', which is no duration such as " + example);
                }
                throw wrong(key, "is shorter than " + shortest);
            });
        }

        /** As oVirt writes them: {@code name=regular expression; name=regular expression}. */
        private Map<String, Pattern> patterns(String value) {
            Map<String, Pattern> found = new LinkedHashMap<>();
            for (String each : value.split(";")) {
                int equals = each.indexOf('=');
                String name =
                        equals < 0 ? each.strip() : each.substring(0, equals).strip();
                if (equals < 0 || !name.matches("[A-Za-z_][A-Za-z0-9_]{0,63}")) {
                    throw wrong("vm-properties", "has '" + each.strip() + "', which is not like color=red|green");
                }
                try {
                    if (found.put(
                                    name,
                                    Pattern.compile(each.substring(equals + 1).strip()))
                            != null) {
                        throw wrong("vm-properties", "has " + name + " twice");
                    }
                } catch (PatternSyntaxException e) {
                    throw wrong("vm-properties", "has for " + name + " no regular expression: " + e.getDescription());
                }
            }
            return found;
        }

        private Optional<String> text(String key) {
            known.add(key);
            return Optional.ofNullable(properties.getProperty(key))
                    .map(String::strip)
                    .filter(value -> !value.isEmpty());
        }

        private Optional<Integer> port(String key) {
            return text(key).map(value -> {
                try {
                    int port = Integer.parseInt(value);
                    if (port >= 0 && port <= 65_535) {
                        return port;
                    }
                } catch (NumberFormatException e) {
                    throw wrong(key, "is '" + value + "', which is no port number");
                }
                throw wrong(key, "is " + value + "; ports go from 0 to 65535");
            });
        }

        private IllegalArgumentException wrong(String key, String why) {
            return new IllegalArgumentException("In the configuration " + file + ", " + key + " " + why + ".");
        }
    }
}
