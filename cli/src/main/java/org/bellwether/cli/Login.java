package org.bellwether.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which engine, and as whom.
 *
 * @param url ends in {@code /ovirt-engine}
 * @param otp the code of the second factor; empty for who has none
 * @param token a token for programs, instead of user and password; empty when a person signs on
 * @param authority the file of the authority that is trusted alone; the system's are trusted when there is none
 */
record Login(URI url, String user, String password, String otp, String token, Optional<Path> authority) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String BASE = "/ovirt-engine";

    private static final boolean PACKAGED =
            System.getProperty("bellwether.command", "").equals("bellwether");
    /** What starts the engine of whoever has this program. */
    static final String START = PACKAGED ? "bellwether engine start" : "./bw up";
    /** What tells how it is. */
    static final String STATUS = PACKAGED ? "bellwether engine status" : "./bw engine status";

    /** What is said on the command line goes before what the environment says. */
    static Login of(Options options, Map<String, String> environment) {
        String url = said(options.url, environment.get("BW_URL"))
                .orElseThrow(() -> CommandFailure.unreachable(
                        "No engine is known: start one with " + START + ", or name one with --url or BW_URL.", null));
        String user = said(options.user, environment.get("BW_USER")).orElse("admin@internal");
        String token = Optional.ofNullable(options.tokenFile)
                .map(file -> read(file, "token"))
                // Who says a password's file on the command line means that person, whatever the environment says.
                .or(() -> options.passwordFile != null ? Optional.empty() : said(environment.get("BW_TOKEN"), null))
                .orElse("");
        String otp = said(options.otp, environment.get("BW_OTP")).orElse("");
        String password = Optional.ofNullable(options.passwordFile)
                .map(file -> read(file, "password"))
                .or(() -> said(environment.get("BW_PASSWORD"), null))
                .or(() -> token.isEmpty() ? Optional.empty() : Optional.of(""))
                .orElseThrow(() -> CommandFailure.usage("The password of " + user
                        + " is missing: give the file that holds it with --password-file, or set BW_PASSWORD."));
        Optional<Path> authority = Optional.ofNullable(options.authority)
                .or(() -> said(environment.get("BW_CA"), null).map(Path::of));
        return new Login(address(url), user, password, otp, token, authority);
    }

    /** The same person at another engine. */
    Login at(URI other) {
        return new Login(other, user, password, otp, token, authority);
    }

    private static Optional<String> said(@Nullable String first, @Nullable String second) {
        return Optional.ofNullable(first)
                .filter(text -> !text.isBlank())
                .or(() -> Optional.ofNullable(second).filter(text -> !text.isBlank()));
    }

    private static String read(Path file, String what) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw CommandFailure.usage("The " + what + " file " + file + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** People give the URL of the portal, of the API or of the machine alone; all mean the same engine. */
    private static URI address(String text) {
        URI given;
        try {
            given = URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text);
        }
        if (given.getScheme() == null || given.getHost() == null || given.getUserInfo() != null) {
            throw notAnAddress(text);
        }
        boolean plain = given.getScheme().equals("http");
        if (plain && !LOOPBACK.contains(given.getHost())) {
            throw CommandFailure.usage("The password would cross the network in clear text to " + text
                    + ": use the https address of the engine.");
        }
        if (!plain && !given.getScheme().equals("https")) {
            throw notAnAddress(text);
        }
        return URI.create(given.getScheme() + "://" + given.getRawAuthority() + BASE);
    }

    private static CommandFailure notAnAddress(String text) {
        return CommandFailure.usage("'" + Text.clean(text)
                + "' is no address of an engine: write it as https://engine.example.org/ovirt-engine.");
    }
}
