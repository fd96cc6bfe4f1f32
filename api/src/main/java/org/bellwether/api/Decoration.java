package org.bellwether.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The links and actions that every object of a service carries, encoded once: between the pieces stands the href of the
 * object. Machines carry some forty hrefs each; nothing else in a page of machines weighs as much.
 */
final class Decoration {
    private static final byte[][] NOTHING = {};

    /** Seen in the root document of a real engine, in this order; a star marks what can be searched. */
    private static final List<String> ROOT_LINKS = List.of(
            ("clusters* datacenters* events* hosts* networks* roles storagedomains* tags bookmarks icons templates* "
                            + "instancetypes* users* groups* domains vmpools* vms* disks* jobs storageconnections "
                            + "vnicprofiles diskprofiles cpuprofiles schedulingpolicyunits schedulingpolicies permissions "
                            + "macpools networkfilters operatingsystems externalhostproviders openstackimageproviders "
                            + "openstackvolumeproviders openstacknetworkproviders katelloerrata affinitylabels "
                            + "clusterlevels imagetransfers externalvmimports externaltemplateimports")
                    .split(" "));

    private final List<Target> links;
    private final List<Target> actions;
    private volatile byte @Nullable [][] json;
    private volatile byte @Nullable [][] xml;

    /** Where a link leads, behind the href of the object, and what it is called. */
    private record Target(String suffix, String rel) {}

    Decoration(List<String> links, List<String> actions) {
        this.links = targets(links);
        this.actions = targets(actions);
    }

    private Decoration(List<Target> links) {
        this.links = links;
        this.actions = List.of();
    }

    static Decoration root() {
        var links = new ArrayList<Target>();
        for (var word : ROOT_LINKS) {
            var searchable = word.endsWith("*");
            var name = searchable ? word.substring(0, word.length() - 1) : word;
            links.add(new Target("/" + name, name));
            if (searchable) {
                var from = name.equals("events") ? ";from={event_id}" : "";
                links.add(new Target("/" + name + from + "?search={query}", name + "/search"));
            }
        }
        return new Decoration(List.copyOf(links));
    }

    private static List<Target> targets(List<String> segments) {
        return segments.stream().map(each -> new Target("/" + each, each)).toList();
    }

    /** The pieces of {@code "actions":{…},"link":[…]}; none when there are neither. */
    byte[][] json() {
        var pieces = json;
        if (pieces == null) {
            pieces = json(actions, links);
            json = pieces;
        }
        return pieces;
    }

    /** The pieces of {@code <actions>…</actions><link/>…}; none when there are neither. */
    byte[][] xml() {
        var pieces = xml;
        if (pieces == null) {
            pieces = xml(actions, links);
            xml = pieces;
        }
        return pieces;
    }

    private static byte[][] json(List<Target> actions, List<Target> links) {
        if (actions.isEmpty() && links.isEmpty()) {
            return NOTHING;
        }
        var pieces = new Pieces();
        if (!actions.isEmpty()) {
            pieces.text("\"actions\":{\"link\":[");
            json(pieces, actions);
            pieces.text(links.isEmpty() ? "]}" : "]},");
        }
        if (!links.isEmpty()) {
            pieces.text("\"link\":[");
            json(pieces, links);
            pieces.text("]");
        }
        return pieces.finish();
    }

    private static void json(Pieces pieces, List<Target> targets) {
        var comma = "";
        for (var target : targets) {
            pieces.text(comma + "{\"href\":\"").href().text(target.suffix() + "\",\"rel\":\"" + target.rel() + "\"}");
            comma = ",";
        }
    }

    private static byte[][] xml(List<Target> actions, List<Target> links) {
        if (actions.isEmpty() && links.isEmpty()) {
            return NOTHING;
        }
        var pieces = new Pieces();
        if (!actions.isEmpty()) {
            pieces.text("<actions>");
            xml(pieces, actions);
            pieces.text("</actions>");
        }
        xml(pieces, links);
        return pieces.finish();
    }

    private static void xml(Pieces pieces, List<Target> targets) {
        for (var target : targets) {
            pieces.text("<link href=\"").href().text(target.suffix() + "\" rel=\"" + target.rel() + "\"/>");
        }
    }

    private static final class Pieces {
        private final List<byte[]> done = new ArrayList<>();
        private final StringBuilder current = new StringBuilder();

        Pieces text(String text) {
            current.append(text);
            return this;
        }

        Pieces href() {
            done.add(current.toString().getBytes(StandardCharsets.US_ASCII));
            current.setLength(0);
            return this;
        }

        byte[][] finish() {
            href();
            return done.toArray(NOTHING);
        }
    }
}
