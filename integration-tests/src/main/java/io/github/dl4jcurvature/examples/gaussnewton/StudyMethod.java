/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gaussnewton;

import java.util.List;

import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Ways to train, each with four rates to choose from. */
@SuppressWarnings("ImmutableEnumChecker") // the list is unmodifiable
public enum StudyMethod {
    /** Residuals equal to gradients, as published. */
    GAUSS_NEWTON("gn", List.of(0.1, 0.3, 1.0, 2.0)) {
        @Override
        RevMlp.Builder configure(RevMlp.Builder network, double rate) {
            return network.updater(new GaussNewton(rate));
        }
    },
    /** The damped Hessian of the loss, with damping 0.1. */
    DAMPED_GAUSS_NEWTON("gn.damped", List.of(0.1, 0.3, 0.5, 1.0)) {
        @Override
        RevMlp.Builder configure(RevMlp.Builder network, double rate) {
            return network.updater(new GaussNewton(rate)).dampedResidual(DAMPING);
        }
    },
    /** Adam of the host. */
    ADAM("adam", List.of(1e-4, 1e-3, 3e-3, 1e-2)) {
        @Override
        RevMlp.Builder configure(RevMlp.Builder network, double rate) {
            return network.updater(new Adam(rate));
        }
    },
    /** Gradient descent of the host. */
    SGD("sgd", List.of(0.01, 0.1, 0.3, 1.0)) {
        @Override
        RevMlp.Builder configure(RevMlp.Builder network, double rate) {
            return network.updater(new Sgd(rate));
        }
    };

    private static final double DAMPING = 0.1;

    private final String key;
    private final List<Double> rates;

    StudyMethod(String key, List<Double> rates) {
        this.key = key;
        this.rates = rates;
    }

    abstract RevMlp.Builder configure(RevMlp.Builder network, double rate);

    /**
     * Name in figures.
     *
     * @return lower case, words separated by dots
     */
    public String key() {
        return key;
    }

    /**
     * The grid.
     *
     * @return rates, or fractions of a full step
     */
    public List<Double> rates() {
        return rates;
    }
}
