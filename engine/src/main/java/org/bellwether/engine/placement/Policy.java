package org.bellwether.engine.placement;

import java.util.Map;
import java.util.Set;

/**
 * What a cluster's scheduling policy says.
 *
 * @param filters names of the filters that hold beside those that always do
 * @param weights by name, how much each counts
 * @param balance the name of what moves machines
 * @param properties what these are set to
 * @param overCommitPercent how much memory may be promised of what there is
 */
public record Policy(
        String name,
        Set<String> filters,
        Map<String, Integer> weights,
        String balance,
        Map<String, String> properties,
        int overCommitPercent) {

    /** The property by which a cluster lets its hosts restart machines with leases while the engine is away. */
    public static final String RESTART_WITHOUT_ENGINE = "RestartWithoutEngine";

    /** Whether a property is set to true. */
    public boolean says(String property) {
        return Boolean.parseBoolean(properties.get(property));
    }

    /** The number of a property; {@code otherwise} when it is not set. */
    public double number(String property, double otherwise) {
        var text = properties.get(property);
        if (text == null) {
            return otherwise;
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException noNumber) {
            return otherwise;
        }
    }
}
