package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Why a machine is where it is, as people want to read it. */
final class PlacementSheet {

    private PlacementSheet() {}

    static Sheet of(Entity vm, Entity why) {
        var names = names(why);
        var sheet = new Sheet()
                .line("Machine", vm.name())
                .line("Runs on", names.getOrDefault(why.text("here"), "no host"))
                .line("Best now", names.getOrDefault(why.text("best"), "no host"))
                .line("Policy", why.text("policy"))
                .line("What would help", joined(why.json().path("changes")))
                .section("The cluster's hosts now, the best first", hosts(why.json()));
        for (JsonNode kept : why.json().path("kept")) {
            var decision = new Entity(kept);
            var chosen = names.getOrDefault(
                    decision.text("chosen"), decision.find("chosen").orElse("no host"));
            sheet.section(
                    decision.time("at").map(Object::toString).orElse("") + ": " + decision.text("occasion")
                            + ", chosen: " + chosen + ", by the policy " + decision.text("policy"),
                    hosts(kept));
        }
        return sheet;
    }

    private static Map<String, String> names(Entity why) {
        Map<String, String> names = new LinkedHashMap<>();
        for (JsonNode host : why.json().path("hosts")) {
            names.put(host.path("id").asText(), host.path("name").asText());
        }
        return names;
    }

    /** A host that is left out has a line for each reason. */
    private static Table hosts(JsonNode decision) {
        var table = new Table("HOST", "FITS", "COST", "WHY");
        for (JsonNode host : decision.path("hosts")) {
            boolean fits = host.path("fits").asBoolean();
            table.row(List.of(
                    host.path("name").asText(),
                    fits ? "yes" : "no",
                    fits ? host.path("cost").asText() : "",
                    fits
                            ? weights(host)
                            : host.path("filter").asText() + ": "
                                    + host.path("reason").asText()));
        }
        return table;
    }

    /** What counts most comes first, and what adds nothing is left out. */
    private static String weights(JsonNode host) {
        List<JsonNode> parts = new ArrayList<>();
        host.path("weights").forEach(parts::add);
        return String.join(
                ", ",
                parts.stream()
                        .filter(part -> added(part) > 0)
                        .sorted(Comparator.comparingDouble(PlacementSheet::added)
                                .reversed())
                        .map(part -> part.path("name").asText() + " "
                                + part.path("value").asText() + " x "
                                + part.path("factor").asText())
                        .toList());
    }

    private static double added(JsonNode part) {
        return part.path("value").asDouble() * part.path("factor").asDouble();
    }

    private static String joined(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return String.join("; ", all);
    }
}
