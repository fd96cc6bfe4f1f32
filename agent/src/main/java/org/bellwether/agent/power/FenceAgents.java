package org.bellwether.agent.power;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.FenceReply;
import org.bellwether.protocol.FenceRequest;

/**
 * Runs the distribution's fence agents. All that they are told goes over their standard input, so that no password stands in
 * the list of processes, and nothing of it can name a program or a file of this host.
 */
public final class FenceAgents {
    private static final Path DIRECTORY = Path.of("/usr/sbin");
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int OFF_STATUS = 2;
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    private static final Pattern OPTION = Pattern.compile("[a-z][a-z0-9_-]{0,39}");

    /** Options that run programs, read or write files, or say what the request says itself. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            ".*(path|script|file|debug|verbose).*|action|option|ip|ipaddr|ipport|login|username|passwd|password|help|version");

    /** Answers what the controller says when the fence agent is done. */
    public FenceReply fence(FenceRequest request) {
        Path program = program(request.getType());
        String told = told(request);
        Command.Outcome outcome = Command.of(program.toString()).run(LIMIT, told);
        String words = words(outcome, request.getPassword());
        FenceReply.Power power = power(request.getAction(), outcome);
        if (power == FenceReply.Power.POWER_UNKNOWN && request.getAction() != FenceRequest.Action.STATUS) {
            throw Refusal.of(
                            Error.Code.REFUSED,
                            "The fence agent " + request.getType() + " could not switch the power by "
                                    + request.getAddress())
                    .because(words)
                    .undone("Whether it is switched is not known")
                    .next("Test the fence agent, and look at the management controller.");
        }
        return FenceReply.newBuilder().setPower(power).setWords(words).build();
    }

    /** A fence agent that has switched ends well; one that was asked ends well for on and with 2 for off. */
    private static FenceReply.Power power(FenceRequest.Action action, Command.Outcome outcome) {
        return switch (action) {
            case ON -> outcome.worked() ? FenceReply.Power.POWER_ON : FenceReply.Power.POWER_UNKNOWN;
            case OFF -> outcome.worked() ? FenceReply.Power.POWER_OFF : FenceReply.Power.POWER_UNKNOWN;
            case STATUS, UNRECOGNIZED ->
                outcome.worked()
                        ? FenceReply.Power.POWER_ON
                        : outcome.status() == OFF_STATUS ? FenceReply.Power.POWER_OFF : FenceReply.Power.POWER_UNKNOWN;
        };
    }

    private static Path program(String type) {
        if (!TYPE.matcher(type).matches()) {
            throw Refusal.of(Error.Code.BAD_REQUEST, "'" + type + "' is no type of fence agent");
        }
        Path program = DIRECTORY.resolve("fence_" + type);
        if (!Files.isExecutable(program)) {
            throw Refusal.of(Error.Code.NOT_FOUND, "This host has no fence agent of the type " + type)
                    .because("there is no program " + program)
                    .next("Install the package fence-agents on the hosts of the cluster.");
        }
        return program;
    }

    static String told(FenceRequest request) {
        StringBuilder told = new StringBuilder();
        tell(
                told,
                "action",
                switch (request.getAction()) {
                    case ON -> "on";
                    case OFF -> "off";
                    case STATUS, UNRECOGNIZED -> "status";
                });
        tell(told, "ip", request.getAddress());
        if (request.getPort() != 0) {
            tell(told, "ipport", Integer.toString(request.getPort()));
        }
        if (!request.getUsername().isEmpty()) {
            tell(told, "username", request.getUsername());
        }
        if (!request.getPassword().isEmpty()) {
            tell(told, "password", request.getPassword());
        }
        request.getOptionsMap().forEach((name, value) -> {
            if (!OPTION.matcher(name).matches() || FORBIDDEN.matcher(name).matches()) {
                throw Refusal.of(Error.Code.BAD_REQUEST, "Fence agents are not given the option '" + name + "'")
                        .because("it could name programs or files of this host, or contradict the request");
            }
            // The API's clients write an option without a value for one that is switched on.
            tell(told, name, value.isEmpty() ? "1" : value);
        });
        return told.toString();
    }

    private static void tell(StringBuilder told, String name, String value) {
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.of(Error.Code.BAD_REQUEST, "What a fence agent is told as " + name + " must be one line");
        }
        told.append(name).append('=').append(value).append('\n');
    }

    private static String words(Command.Outcome outcome, String password) {
        String all = (outcome.output() + "\n" + outcome.words())
                .lines()
                // What Python thinks of the fence agent's own source, with a line of it, is no answer.
                .filter(line -> !line.contains("DeprecationWarning") && !line.startsWith("  "))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
        String shown = password.isEmpty() ? all : all.replace(password, "****");
        return shown.isEmpty() ? "it says nothing, and ended with " + outcome.status() : shown;
    }
}
