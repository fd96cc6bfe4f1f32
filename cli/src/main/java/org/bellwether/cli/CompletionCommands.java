package org.bellwether.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
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

    @Command(description = "For zsh: source <(bw completion zsh)")
    void zsh() {
        // zsh takes bash's completions once it is told to.
        session.printer()
                .line("autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
                        + AutoComplete.bash("bw", Words.everything(session)));
    }

    @Command(description = "For fish: bw completion fish | source")
    void fish() {
        var text = new StringBuilder("complete -c bw -f\n");
        fish(text, Words.everything(session), "");
        session.printer().line(text.toString());
    }

    private static void fish(StringBuilder text, CommandLine command, String said) {
        var names = command.getSubcommands();
        String others = String.join(" ", names.keySet());
        String when = said.isEmpty()
                ? "__fish_use_subcommand"
                : said + (others.isEmpty() ? "" : "; and not __fish_seen_subcommand_from " + others);
        for (Map.Entry<String, CommandLine> each : names.entrySet()) {
            text.append("complete -c bw -n '").append(when).append("' -a ").append(each.getKey());
            describe(text, each.getValue().getCommandSpec().usageMessage().description());
            fish(
                    text,
                    each.getValue(),
                    (said.isEmpty() ? "" : said + "; and ") + "__fish_seen_subcommand_from " + each.getKey());
        }
        for (var option : command.getCommandSpec().options()) {
            if (!said.isEmpty()) {
                text.append("complete -c bw -n '").append(said).append("' -l ");
                text.append(option.longestName().replaceFirst("^-+", ""));
                describe(text, option.description());
            }
        }
    }

    private static void describe(StringBuilder text, String[] description) {
        String words = description.length == 0 ? "" : description[0].replace("'", "");
        text.append(" -d '").append(words).append("'\n");
    }
}
