package org.bellwether.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code bw} itself, and what can be said with every one of its words. */
@Command(
        name = "bw",
        description = "Manages virtual machines on many hosts, through the engine's public API.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "The engine is the one that ./bw up started, or BW_URL, BW_USER, BW_PASSWORD and BW_CA name it.",
            "A program signs on with a token of its own: BW_TOKEN, or --token-file.",
            "Objects are named by their name or their id.",
            "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no engine, 4 waited in vain."
        })
final class Options {

    /** How results are shown. */
    enum Format {
        TABLE,
        JSON,
        YAML
    }

    @Option(names = "--url", paramLabel = "URL", scope = ScopeType.INHERIT, description = "The engine's address.")
    @Nullable
    String url;

    @Option(names = "--user", paramLabel = "USER", scope = ScopeType.INHERIT, description = "Who signs on.")
    @Nullable
    String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The file that holds the password.")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--otp",
            paramLabel = "CODE",
            scope = ScopeType.INHERIT,
            description = "The code of the second factor, for who has one.")
    @Nullable
    String otp;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The file that holds a token for programs; nobody else signs on then.")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The authority that is trusted, as PEM.")
    @Nullable
    Path authority;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "table (the default), json or yaml.")
    Format format = Format.TABLE;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Also print where a failure came from.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this and do nothing.")
    boolean help;
}
