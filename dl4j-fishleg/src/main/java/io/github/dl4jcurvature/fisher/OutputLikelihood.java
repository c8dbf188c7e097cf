/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/**
 * Likelihood of labels y given a row z of a predictive variable, whose negative logarithm is the loss of an example up to
 * constants. The link is canonical: z are logits, or the predictions themselves.
 */
public enum OutputLikelihood {
    /** One class per row with probabilities softmax(z); the loss is \( -\sum_k y_k \ln p_k \). */
    CATEGORICAL,
    /** Independent outputs with probabilities sigmoid(z); the loss is the cross-entropy summed over the outputs. */
    BERNOULLI,
    /** Gaussian of mean z whose loss is the mean over the outputs, \( \frac1n \sum_k (y_k - z_k)^2 \). */
    GAUSSIAN_MEAN,
    /** Gaussian of mean z whose loss is the sum over the outputs, \( \sum_k (y_k - z_k)^2 \). */
    GAUSSIAN_SUM;

    OutputDistribution distribution() {
        return switch (this) {
            case CATEGORICAL -> new CategoricalOutput();
            case BERNOULLI -> new BernoulliOutput();
            case GAUSSIAN_MEAN -> new GaussianOutput(true);
            case GAUSSIAN_SUM -> new GaussianOutput(false);
        };
    }
}
