/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.pruning.PruningComparison;
import io.github.dl4jcurvature.examples.report.Figures;

/**
 * Test accuracy of pruned classifiers over methods, sparsities and ways to reach them: the embedded digits and, with the
 * MNIST directory, two networks on reduced MNIST images.
 */
public final class PruningTable {
    private PruningTable() {}

    /**
     * Runs the comparison and prints tables and figures. Figures are means over seeds in percent, {@code
     * accuracy.METHOD.SPARSITY.MODE}, with the name of the network before them unless it is the digits classifier.
     *
     * @param arguments the directory with the MNIST files, if these networks are wanted; then names of networks among
     *     {@code digits}, {@code digits-conv}, {@code mnist} and {@code mnist-conv}, all that there are data for if absent
     */
    public static void main(String[] arguments) {
        System.out.println(Machine.description());
        Figures figures = new Figures();
        for (PruningComparison comparison : PruningComparison.of(arguments)) {
            comparison.run(figures);
            System.out.println(comparison);
        }
        System.out.println(figures);
    }
}
