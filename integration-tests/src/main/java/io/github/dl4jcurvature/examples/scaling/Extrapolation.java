/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;

import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/**
 * Seconds at sizes that were not measured, \(t(s) = t(s_2) (s / s_2)^p\) with the largest measured size and the leading power of the
 * formula. How the rule would have done one measurement earlier is shown beside: \(t(s_1) (s_2 / s_1)^p / t(s_2)\).
 */
public final class Extrapolation {
    private final TextTable table =
            new TextTable("seconds of", "by", "power", "rule / measured", "from", "to", "extrapolated s");
    private final Figures figures;

    /**
     * An empty one.
     *
     * @param figures receives what is added
     */
    public Extrapolation(Figures figures) {
        this.figures = figures;
    }

    /**
     * Adds a quantity.
     *
     * @param quantity what takes the time
     * @param by what grows
     * @param power p
     * @param measured seconds by size, at least two
     * @param target size
     */
    void add(String quantity, String by, int power, NavigableMap<Integer, Double> measured, int target) {
        Map.Entry<Integer, Double> last = measured.lastEntry();
        Map.Entry<Integer, Double> before = measured.lowerEntry(last.getKey());
        double ruled = grown(before, last.getKey(), power);
        double seconds = grown(last, target, power);
        table.row(
                quantity,
                by,
                Integer.toString(power),
                "%.2f".formatted(ruled / last.getValue()),
                last.getKey().toString(),
                Integer.toString(target),
                "%.3g".formatted(seconds));
        String name = "%s.%s".formatted(quantity.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "."), by);
        figures.put("rule." + name, ruled / last.getValue());
        figures.put("extrapolated.%s.%d".formatted(name, target), seconds);
    }

    private static double grown(Map.Entry<Integer, Double> from, int size, int power) {
        return from.getValue() * Math.pow((double) size / from.getKey(), power);
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
