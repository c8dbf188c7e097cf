/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Minus the mean squared error. */
record SquaredError() implements TaskMetric {
    @Override
    public String name() {
        return "negative squared error";
    }

    @Override
    public double of(Model model, Task task) {
        Sums sums = new Sums();
        TestOutputs.forEachBatch(model, task, sums::add);
        return -sums.squaredError / sums.count;
    }

    /** Sums over the entries of labelled rows. */
    static final class Sums {
        double squaredError;
        double squaredDeviations; // of the labels from their mean so far, by Welford's recursion
        double mean;
        long count;

        void add(INDArray output, INDArray wanted, @Nullable INDArray mask) {
            INDArray given = TestOutputs.rows(output);
            INDArray expected = TestOutputs.rows(wanted);
            INDArray flat = mask == null ? null : mask.dup('c').reshape('c', new long[] {mask.length()});
            for (long row = 0; row < given.size(0); row++) {
                for (long k = 0; TestOutputs.counts(flat, given.size(0), row) && k < given.size(1); k++) {
                    double label = expected.getDouble(row, k);
                    double error = given.getDouble(row, k) - label;
                    squaredError += error * error;
                    count++;
                    double deviation = label - mean;
                    mean += deviation / count;
                    squaredDeviations += deviation * (label - mean);
                }
            }
        }
    }
}
