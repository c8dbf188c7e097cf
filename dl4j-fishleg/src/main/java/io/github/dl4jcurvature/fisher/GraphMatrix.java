/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BiasAdd;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.transforms.custom.XwPlusB;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;

/**
 * The only product that a matrix variable W takes part in, z = x W or z = x W^T, perhaps with a bias.
 *
 * @param input name of x
 * @param product name of z
 * @param transposed whether W has one row for each output
 */
record GraphMatrix(String input, String product, boolean transposed) {

    /** The product of a variable, or null if it is used otherwise, or several times. */
    static @Nullable GraphMatrix of(SameDiff graph, String weight) {
        SameDiffOp op = onlyUse(graph, weight);
        if (op == null || !(op.getOp() instanceof DynamicCustomOp custom)) {
            return null;
        }
        List<String> arguments = op.getInputsToOp();
        boolean second = arguments.size() > 1
                && arguments.get(1).equals(weight)
                && !arguments.get(0).equals(weight);
        long[] flags = custom.iArgs();
        if (!second || !(custom instanceof Mmul || custom instanceof XwPlusB)) {
            return null;
        }
        boolean transposed = flags.length > 1 && flags[1] != 0;
        boolean others = Arrays.stream(flags).sum() > (transposed ? 1 : 0);
        boolean known = !others && (custom instanceof Mmul || !transposed);
        return known ? new GraphMatrix(arguments.get(0), op.getOutputsOfOp().get(0), transposed) : null;
    }

    /** Whether a variable is added to the product, row by row, and used nowhere else. */
    boolean hasBias(SameDiff graph, String bias) {
        SameDiffOp op = onlyUse(graph, bias);
        if (op == null) {
            return false;
        }
        List<String> arguments = op.getInputsToOp();
        if (op.getOp() instanceof XwPlusB) {
            return op.getOutputsOfOp().get(0).equals(product) && arguments.indexOf(bias) == 2;
        }
        return (op.getOp() instanceof AddOp || op.getOp() instanceof BiasAdd)
                && arguments.contains(product)
                && op.equals(onlyUse(graph, product));
    }

    private static @Nullable SameDiffOp onlyUse(SameDiff graph, String variable) {
        List<String> uses = GraphNames.node(graph, variable).getInputsForOp();
        return uses != null && uses.size() == 1 ? graph.getOps().get(uses.get(0)) : null;
    }
}
