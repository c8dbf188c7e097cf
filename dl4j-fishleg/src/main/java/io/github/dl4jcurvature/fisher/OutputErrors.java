/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where a pass takes the errors of its outputs from, one source for each output. */
final class OutputErrors {
    private OutputErrors() {}

    /** Errors at labels drawn from the predictive distributions. */
    static List<ErrorSource> sampled(List<OutputDistribution> distributions, LabelSampler sampler) {
        List<ErrorSource> sources = new ArrayList<>();
        for (OutputDistribution distribution : distributions) {
            sources.add(z -> {
                INDArray mean = distribution.mean(z); // [rows, nOut]
                return distribution.error(mean, distribution.sample(mean, sampler));
            });
        }
        return sources;
    }

    /** Errors at given labels, one array of shape [rows, nOut] for each output. */
    static List<ErrorSource> at(List<INDArray> labels, List<OutputDistribution> distributions) {
        List<ErrorSource> sources = new ArrayList<>();
        for (int k = 0; k < labels.size(); k++) {
            INDArray y = labels.get(k);
            OutputDistribution distribution = distributions.get(k);
            sources.add(z -> distribution.error(distribution.mean(z), y));
        }
        return sources;
    }

    /** A column of the roots of the curvature of one output, each row with a random sign; no errors of the others. */
    static List<ErrorSource> curvatureRoot(
            List<OutputDistribution> distributions, int output, long column, LabelSampler sampler) {
        List<ErrorSource> sources = new ArrayList<>();
        for (int k = 0; k < distributions.size(); k++) {
            OutputDistribution distribution = distributions.get(k);
            sources.add(
                    k == output
                            ? z -> distribution
                                    .curvatureRoot(distribution.mean(z), column)
                                    .muliColumnVector(signs(z, z.size(0), sampler))
                            : z -> Nd4j.zeros(z.dataType(), z.shape()));
        }
        return sources;
    }

    /** Errors at labels that depend on the means, all rows of an example with the same random sign. */
    static List<ErrorSource> signed(
            List<OutputDistribution> distributions, Labels labels, long examples, LabelSampler sampler) {
        List<ErrorSource> sources = new ArrayList<>();
        INDArray[] signs = new INDArray[1]; // shared by the outputs of an example
        for (int k = 0; k < distributions.size(); k++) {
            OutputDistribution distribution = distributions.get(k);
            int output = k;
            sources.add(z -> {
                if (signs[0] == null) {
                    signs[0] = signs(z, examples, sampler);
                }
                INDArray mean = distribution.mean(z); // [rows, nOut]
                INDArray perRow =
                        Nd4j.tile(signs[0], (int) (z.size(0) / examples), 1); // the example index runs fastest
                return distribution.error(mean, labels.at(output, mean)).muliColumnVector(perRow);
            });
        }
        return sources;
    }

    /** Labels of an output. */
    @FunctionalInterface
    interface Labels {
        /** The labels at the given means, both of shape [rows, nOut]. */
        INDArray at(int output, INDArray mean);
    }

    @SuppressWarnings("try") // workspace scope
    private static INDArray signs(INDArray like, long rows, LabelSampler sampler) {
        double[] signs = new double[(int) rows];
        for (int row = 0; row < signs.length; row++) {
            signs[row] = sampler.nextUniform() < 0.5 ? -1 : 1;
        }
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Nd4j.createFromArray(signs).castTo(like.dataType()).reshape(rows, 1);
        }
    }

    /**
     * Given errors.
     *
     * @throws IllegalArgumentException if there are not as many errors as outputs; in the pass, if a shape is wrong
     */
    static List<ErrorSource> given(List<INDArray> errors, List<String> outputs) {
        if (errors.size() != outputs.size()) {
            throw new IllegalArgumentException("outputErrors has %d arrays but the network has %d outputs %s"
                    .formatted(errors.size(), outputs.size(), outputs));
        }
        List<ErrorSource> sources = new ArrayList<>();
        for (int k = 0; k < errors.size(); k++) {
            String output = outputs.get(k);
            INDArray error = errors.get(k);
            sources.add(z -> checked(error, z, output));
        }
        return sources;
    }

    private static INDArray checked(INDArray error, INDArray z, String output) {
        if (!error.equalShapes(z)) {
            throw new IllegalArgumentException("outputErrors of '%s' has shape %s but [%d, %d] is required"
                    .formatted(output, java.util.Arrays.toString(error.shape()), z.size(0), z.size(1)));
        }
        return error.castTo(z.dataType());
    }
}
