/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Share of correct classes. */
record Accuracy() implements TaskMetric {
    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public double of(Model model, Task task) {
        long[] counts = new long[2]; // correct, all
        TestOutputs.forEachBatch(model, task, (output, labels, mask) -> {
            INDArray given = TestOutputs.rows(output);
            INDArray wanted = TestOutputs.rows(labels);
            long rows = given.size(0);
            long[] givenClasses = classes(given);
            long[] wantedClasses = classes(wanted);
            INDArray flat = mask == null ? null : mask.dup('c').reshape('c', new long[] {mask.length()});
            for (int row = 0; row < rows; row++) {
                if (TestOutputs.counts(flat, rows, row)) {
                    counts[0] += givenClasses[row] == wantedClasses[row] ? 1 : 0;
                    counts[1]++;
                }
            }
        });
        return counts[1] == 0 ? Double.NaN : counts[0] / (double) counts[1];
    }

    private static long[] classes(INDArray rows) {
        return rows.size(1) == 1
                ? rows.gt(0.5)
                        .castTo(org.nd4j.linalg.api.buffer.DataType.INT64)
                        .reshape(rows.size(0))
                        .toLongVector()
                : rows.argMax(1).toLongVector();
    }
}
