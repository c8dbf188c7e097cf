/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.List;

/** What a learner's stability is, with the values that are tried, the least stable first. */
public enum StabilityKind {
    /** N. */
    SIZE(100.0, 1000.0, 10_000.0),
    /** Weight of the prior. */
    WEIGHT(1.0, 100.0, 10_000.0),
    /** One over the damping of a projection. */
    DAMPING(10.0, 100.0, 1000.0),
    /** There is none. */
    NONE(0.0);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<Double> grid;

    StabilityKind(Double... grid) {
        this.grid = List.of(grid);
    }

    List<Double> grid() {
        return grid;
    }
}
