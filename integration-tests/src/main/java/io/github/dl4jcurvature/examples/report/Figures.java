/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Named numbers an example ends with, printed as lines {@code name = value}. */
public final class Figures {
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Adds a figure.
     *
     * @param name dotted name in lower case, used once
     * @param value printed with four digits after the point whatever the locale, in exponent form if it is below 1e-3
     * @return this
     * @throws IllegalArgumentException if the name was used before
     */
    public Figures put(String name, double value) {
        boolean tiny = value != 0 && Math.abs(value) < 1e-3;
        return add(name, String.format(Locale.ROOT, tiny ? "%.4e" : "%.4f", value));
    }

    /**
     * Adds a count.
     *
     * @param name dotted name in lower case, used once
     * @param value printed in full
     * @return this
     * @throws IllegalArgumentException if the name was used before
     */
    public Figures put(String name, long value) {
        return add(name, Long.toString(value));
    }

    /**
     * Adds all figures of others.
     *
     * @param others names must differ from those here
     * @return this
     * @throws IllegalArgumentException if a name was used before
     */
    public Figures addAll(Figures others) {
        others.values.forEach(this::add);
        return this;
    }

    private Figures add(String name, String value) {
        if (values.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("figure %s was given before; names must differ".formatted(name));
        }
        return this;
    }

    /** One line for each figure, in the order of {@link #put}. */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .collect(Collectors.joining(System.lineSeparator()));
    }
}
