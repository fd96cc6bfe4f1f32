package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw template nic …}. */
@Command(description = "Network interfaces that machines made of a template get.", synopsisSubcommandLabel = "COMMAND")
final class TemplateNicCommands {

    private static final String TEMPLATE = "The template's name or id.";

    private final Nics nics;

    TemplateNicCommands(Session session) {
        nics = new Nics(session, Kind.TEMPLATE, "Template");
    }

    @Command(description = "Lists a template's network interfaces.")
    void list(@Parameters(paramLabel = "TEMPLATE", description = TEMPLATE) String name) {
        nics.list(name);
    }

    @Command(description = "Gives a template another network interface; machines that are there do not get it.")
    void add(
            @Parameters(paramLabel = "TEMPLATE", description = TEMPLATE) String name,
            @Parameters(paramLabel = "NAME", description = "The interface's name, such as nic2.") String nic,
            @Option(
                            names = {"--profile", "--network"},
                            paramLabel = "PROFILE",
                            description = "The vNIC profile it is plugged into; none unless told.")
                    @Nullable
                    String profile,
            @Option(
                            names = "--interface",
                            paramLabel = "MODEL",
                            defaultValue = "virtio",
                            description = "virtio (the default), e1000, e1000e or rtl8139.")
                    String model) {
        ObjectNode wish = Json.object().put("name", nic).put("interface", model);
        if (profile != null) {
            nics.plugInto(wish, profile);
        }
        nics.add(name, wish);
    }

    @Command(description = "Takes a network interface from a template.")
    void remove(
            @Parameters(paramLabel = "TEMPLATE", description = TEMPLATE) String name,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String nic) {
        nics.remove(name, nic);
    }
}
