package org.bellwether.engine.template;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.api.Struct;
import org.bellwether.api.StructBuilder;
import org.bellwether.api.StructType;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.File;
import org.bellwether.api.types.TemplateVersion;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** The decided part of templates: most of it is what a machine made from one begins with. */
final class TemplateSpecs {

    /** What is a machine's or a template's own, or observed, and so is not handed from one to the other. */
    private static final Set<String> OWN = Set.of(
            "id",
            "href",
            "name",
            "comment",
            "description",
            "creation_time",
            "status",
            "version",
            "origin",
            "initialization");

    private static final Set<String> OBSERVED = Set.of("creation_time", "status", "origin");
    private static final Set<String> KEPT_LINKS = Set.of("cpu_profile", "quota");

    /** Objects of their own on the wire, which a machine and a template keep with the rest and hand on. */
    private static final Set<String> HANDED_ON = Set.of("cpu_profile", "quota", "watchdogs");

    /** Letters, digits, hyphen, underscore, dot, plus, and blanks within. */
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}_.+-]([\\p{L}\\p{N} _.+-]{0,253}[\\p{L}\\p{N}_.+-])?");

    /** What clients know the one CD drive of a machine or a template by. */
    static final String CD_DRIVE = "00000000-0000-0000-0000-000000000000";

    private TemplateSpecs() {}

    static org.bellwether.api.types.Template blank() {
        return Decided.defaults(TemplateSpecs.class, "blank.json", org.bellwether.api.types.Template.TYPE);
    }

    /** A template like the machine, with what the request says otherwise. */
    static org.bellwether.api.types.Template of(
            Vm machine, @Nullable String cd, org.bellwether.api.types.Template request) {
        var type = org.bellwether.api.types.Template.TYPE;
        var base = shared(machine, type)
                .set("description", "")
                .set("comment", "")
                .set("origin", "ovirt")
                .build();
        return versioned(withCd(merged(type.javaType().cast(base), request), cd), versionName(request));
    }

    private static org.bellwether.api.types.Template withCd(
            org.bellwether.api.types.Template template, @Nullable String cd) {
        return cd == null
                ? template
                : template.toBuilder()
                        .cdroms(List.of(Cdrom.builder()
                                .id(CD_DRIVE)
                                .file(File.builder().id(cd).build())
                                .build()))
                        .build();
    }

    /** The disk that is in the CD drive of a machine made from the template; null: none. */
    static @Nullable String cd(org.bellwether.api.types.Template template) {
        return Optional.ofNullable(template.cdroms()).stream()
                .flatMap(List::stream)
                .map(Cdrom::file)
                .filter(Objects::nonNull)
                .map(File::id)
                .findFirst()
                .orElse(null);
    }

    /** What a request changes. */
    static org.bellwether.api.types.Template over(
            org.bellwether.api.types.Template before, org.bellwether.api.types.Template request) {
        var version = request.version() == null || request.version().versionName() == null
                ? versionName(before)
                : versionName(request);
        return versioned(merged(before, request), version);
    }

    private static org.bellwether.api.types.Template merged(
            org.bellwether.api.types.Template before, org.bellwether.api.types.Template request) {
        var type = org.bellwether.api.types.Template.TYPE;
        var decided = Decided.of(type, request, OBSERVED, KEPT_LINKS);
        var merged = type.merge(before, decided);
        return decided.initialization() == null
                ? merged
                : merged.toBuilder()
                        .initialization(FirstBootSettings.over(
                                before.initialization(),
                                decided.initialization(),
                                FirstBootSettings.windows(merged.os())))
                        .build();
    }

    /** What a machine made from the template begins with. */
    static Vm machine(org.bellwether.api.types.Template template) {
        return shared(template, Vm.TYPE)
                .set("initialization", template.initialization())
                .build();
    }

    static String versionName(org.bellwether.api.types.Template template) {
        var version = template.version();
        var name = version == null ? null : version.versionName();
        return name == null ? "" : name;
    }

    /** Of the version only its name is decided; base and number follow from the others of the same name. */
    private static org.bellwether.api.types.Template versioned(
            org.bellwether.api.types.Template template, String versionName) {
        return template.toBuilder()
                .version(TemplateVersion.builder().versionName(versionName).build())
                .build();
    }

    private static <T extends Struct> StructBuilder<T> shared(Struct from, StructType<T> to) {
        var builder = to.newBuilder();
        for (var attribute : to.attributes()) {
            var source = from.structType().attribute(attribute.name());
            boolean link = attribute.isLink() && !HANDED_ON.contains(attribute.name());
            if (source != null && !link && !OWN.contains(attribute.name()) && attribute.kind() == source.kind()) {
                builder.set(attribute, from.value(source));
            }
        }
        return builder;
    }

    static String checkedName(@Nullable String name) {
        var plain = name == null ? "" : name.strip();
        if (!NAME.matcher(plain).matches()) {
            throw Failure.badRequest("'" + plain + "' cannot be the name of a template")
                    .because("a name has 1 to 255 letters, digits, blanks within, and . _ + -");
        }
        return plain;
    }
}
