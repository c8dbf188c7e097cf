/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.pruning.AttributionTable;
import io.github.dl4jcurvature.examples.report.Figures;

/**
 * Where the gain of pruning comes from: every score with every compensation, its damping and its gradient term, at 90 % in 24
 * increments without training; and what still helps at 95 %.
 */
public final class PruningAttribution {
    private PruningAttribution() {}

    /**
     * Runs the combinations and prints tables and figures, {@code attribution.NETWORK.SCORE.COMPENSATION}, means over seeds
     * in percent.
     *
     * @param arguments the directory with the MNIST files, if these networks are wanted; then names of networks as for
     *     {@link PruningTable}
     */
    public static void main(String[] arguments) {
        System.out.println(Machine.description());
        Figures figures = new Figures();
        for (AttributionTable table : AttributionTable.of(arguments)) {
            table.run(figures);
            System.out.println(table);
        }
        System.out.println(figures);
    }
}
