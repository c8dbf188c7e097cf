/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.List;

import org.nd4j.imports.converters.ImportClassMapping;

/** Makes the operations of this package known to SameDiff. */
public final class MatrixEquationOps {
    private static boolean registered;

    private MatrixEquationOps() {}

    /**
     * Registers the operations; any further call does nothing.
     *
     * <p>Whoever builds a graph with {@link MatrixEquations} need not call it. A program that only loads a saved graph
     * must, before {@code SameDiff.load}; the host otherwise ends with "No op known for hash: 0".
     */
    public static synchronized void register() {
        if (registered) {
            return;
        }
        for (ComputedOp op : List.of(
                new SolveMatrixEquationOp(),
                new MatrixEquationOutputOp(),
                new MatrixEquationGradientOp(),
                new GradientScaleOp())) {
            ImportClassMapping.getOpNameMapping().put(op.opName(), op);
        }
        registered = true;
    }
}
