/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.List;

/**
 * A method under comparison with the settings it may choose from.
 *
 * @param key name in the printed figures, such as {@code adam}
 * @param name for people
 * @param grid settings, at least one
 */
public record Optimizer(String key, String name, List<Setting> grid) {
    /** Checks that there is a setting. */
    public Optimizer {
        if (grid.isEmpty()) {
            throw new IllegalArgumentException(
                    "grid of optimizer %s is empty; give at least one setting".formatted(name));
        }
        grid = List.copyOf(grid);
    }
}
