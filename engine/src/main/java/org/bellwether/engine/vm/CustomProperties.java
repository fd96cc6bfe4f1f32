package org.bellwether.engine.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.api.types.CustomProperty;
import org.bellwether.engine.platform.Failure;

/**
 * The custom properties that machines may have: those that the engine knows itself, and those of this site's configuration,
 * which the hooks of its hosts read.
 */
public final class CustomProperties {

    static final String HUGE_PAGES = "hugepages";
    private static final Set<String> PAGE_SIZES_KIB = Set.of("2048", "1048576");
    private static final int LONGEST = 4096;

    private final Map<String, Pattern> ours;

    /** @param ours by name, what their values must look like */
    public CustomProperties(Map<String, Pattern> ours) {
        this.ours = Map.copyOf(ours);
    }

    /** Whether a machine can have this here. */
    boolean allow(String name, String value) {
        if (name.equals(HUGE_PAGES)) {
            return PAGE_SIZES_KIB.contains(value);
        }
        var pattern = ours.get(name);
        return pattern != null
                && value.length() <= LONGEST
                && value.codePoints().noneMatch(Character::isISOControl)
                && pattern.matcher(value).matches();
    }

    /** Refuses what a request wants that is not among them. */
    void check(org.bellwether.api.types.Vm request) {
        for (CustomProperty property :
                Optional.ofNullable(request.customProperties()).orElse(List.of())) {
            var name = property.name() == null ? "" : property.name();
            var value = property.value_() == null ? "" : property.value_();
            if (name.equals(HUGE_PAGES)) {
                continue; // checked wherever machines come from
            }
            var pattern = ours.get(name);
            if (pattern == null) {
                throw Failure.badRequest("Machines have no custom property '" + name + "'")
                        .because("this engine knows " + known())
                        .next("Leave it out, or add it to vm-properties in the engine's configuration");
            }
            if (!allow(name, value)) {
                throw Failure.badRequest("The custom property " + name + " cannot be '" + value + "'")
                        .because("its values look like " + pattern.pattern() + " and have at most " + LONGEST
                                + " characters");
            }
        }
    }

    private String known() {
        return "only " + HUGE_PAGES
                + ours.keySet().stream().sorted().map(name -> ", " + name).reduce("", String::concat);
    }

    /** Refuses page sizes that there are not. */
    static void checkPages(org.bellwether.api.types.Vm spec) {
        pages(spec).ifPresent(value -> {
            if (!PAGE_SIZES_KIB.contains(value)) {
                throw Failure.badRequest("The custom property " + HUGE_PAGES + " must be 2048 or 1048576")
                        .because("these are the sizes of pages, in KiB, that processors have");
            }
        });
    }

    static long hugePageKib(org.bellwether.api.types.Vm spec) {
        return pages(spec).map(Long::parseLong).orElse(0L);
    }

    /** Those that hooks are for. */
    static Map<String, String> forHooks(org.bellwether.api.types.Vm spec) {
        var all = of(spec);
        all.remove(HUGE_PAGES);
        return all;
    }

    /** All, by their names. */
    static Map<String, String> of(org.bellwether.api.types.Vm spec) {
        Map<String, String> all = new LinkedHashMap<>();
        for (CustomProperty property :
                Optional.ofNullable(spec.customProperties()).orElse(List.of())) {
            var name = property.name();
            var value = property.value_();
            if (name != null && value != null) {
                all.put(name, value);
            }
        }
        return all;
    }

    private static Optional<String> pages(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.customProperties()).stream()
                .flatMap(List::stream)
                .filter(property -> HUGE_PAGES.equals(property.name()))
                .map(property -> Optional.ofNullable(property.value_()).orElse(""))
                .findFirst();
    }
}
