/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.linalg.api.ndarray.INDArray;

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
