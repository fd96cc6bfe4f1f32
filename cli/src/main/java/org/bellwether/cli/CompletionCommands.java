package org.bellwether.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code bw completion …}. */
@Command(description = CompletionCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class CompletionCommands {

    static final String DESCRIPTION = "Completion of words for the shell.";

    private final Session session;

    CompletionCommands(Session session) {
        this.session = session;
    }

    @Command(description = "For bash: source <(bw completion bash)")
    void bash() {
        session.printer().line(AutoComplete.bash("bw", Words.everything(session)));
    }
}
