/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import io.github.dl4jcurvature.examples.gaussnewton.StackMemory;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;

/** Memory for activations of reversible stacks and of the same blocks as layers, by the number of blocks. */
public final class ReversibleStackMemory {
    private static final int[] BLOCKS = {5, 10, 20, 50};

    private ReversibleStackMemory() {}

    /**
     * Trains for some steps with each and prints the bytes of all workspaces.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        TextTable table = new TextTable("blocks", "stack bytes", "layers bytes");
        Figures figures = new Figures();
        for (int blocks : BLOCKS) {
            long stack = StackMemory.bytes(blocks, true);
            long layers = StackMemory.bytes(blocks, false);
            table.row(Integer.toString(blocks), Long.toString(stack), Long.toString(layers));
            figures.put("stack.bytes." + blocks, stack);
            figures.put("layers.bytes." + blocks, layers);
        }
        System.out.println(table);
        System.out.println(figures);
    }
}
