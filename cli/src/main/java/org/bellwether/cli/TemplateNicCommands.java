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

    private final Session session;

    TemplateNicCommands(Session session) {
        this.session = session;
    }

    private Entity template(String nameOrId) {
        return session.lookup().find(Kind.TEMPLATE, nameOrId);
    }

    private static String path(Entity template) {
        return Kind.TEMPLATE.path(template) + "/nics";
    }

    @Command(description = "Lists a template's network interfaces.")
    void list(@Parameters(paramLabel = "TEMPLATE", description = TEMPLATE) String name) {
        var nics = session.engine().list(path(template(name)) + "?follow=vnic_profile");
        session.printer().list(nics, VmSheet.nicColumns());
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
        var template = template(name);
        ObjectNode wish = Json.object().put("name", nic).put("interface", model);
        if (profile != null) {
            wish.putObject("vnic_profile")
                    .put("id", session.lookup().find(Kind.VNIC_PROFILE, profile).id());
        }
        var made = session.engine().post(path(template), wish);
        session.printer().done(made, "Template " + template.name() + " has the network interface " + nic);
    }

    @Command(description = "Takes a network interface from a template.")
    void remove(
            @Parameters(paramLabel = "TEMPLATE", description = TEMPLATE) String name,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String nic) {
        var template = template(name);
        var known = session.lookup().find(path(template), "network interface", nic);
        session.engine().delete(path(template) + "/" + known.id());
        session.printer()
                .gone(known, "Template " + template.name() + " no longer has the network interface " + known.name());
    }
}
