/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

/**
 * Losses of one example as functions of the output o, with \(e\) their gradient and \(H\) their Hessian in o.
 *
 * <p>A factor in front of the loss, such as one over the number of outputs, scales e and H alike and cancels in
 * \(H^+ e\). Closed forms: Sherman and Morrison, for softmax; derived here, for the rest.
 */
enum Likelihood {
    /** \(\tfrac12 \|o - y\|^2\), \(H = I\). */
    GAUSSIAN {
        @Override
        void residual(ResidualMode mode, double damping, double[] o, double[] y) {
            double curvature = mode == ResidualMode.DAMPED ? 1 + damping : 1;
            for (int j = 0; j < o.length; j++) {
                o[j] = (o[j] - y[j]) / curvature;
            }
        }

        @Override
        double curvature(double[] o, double[] r) {
            double sum = 0;
            for (double value : r) {
                sum += value * value;
            }
            return sum;
        }
    },
    /** Independent binary outputs, \(p = \sigma(o)\), \(H = \mathrm{diag}(p (1 - p))\). */
    BERNOULLI {
        @Override
        void residual(ResidualMode mode, double damping, double[] o, double[] y) {
            for (int j = 0; j < o.length; j++) {
                double curvature = sigmoid(o[j]) * sigmoid(-o[j]);
                double e = sigmoid(o[j]) - y[j];
                o[j] = switch (mode) {
                    case IDENTITY -> e;
                    case DAMPED -> e / (curvature + damping);
                    case EXACT -> e / curvature;
                };
            }
        }

        @Override
        double curvature(double[] o, double[] r) {
            double sum = 0;
            for (int j = 0; j < o.length; j++) {
                sum += sigmoid(o[j]) * sigmoid(-o[j]) * r[j] * r[j];
            }
            return sum;
        }
    },
    /** One of several classes, \(p = \mathrm{softmax}(o)\), \(H = \mathrm{diag}(p) - p p^\top\); y sums to 1. */
    CATEGORICAL {
        @Override
        void residual(ResidualMode mode, double damping, double[] o, double[] y) {
            double[] logarithms = logSoftmax(o);
            switch (mode) {
                case IDENTITY -> {
                    for (int j = 0; j < o.length; j++) {
                        o[j] = Math.exp(logarithms[j]) - y[j];
                    }
                }
                case DAMPED -> damped(damping, logarithms, o, y);
                case EXACT -> exact(logarithms, o, y);
            }
        }

        @Override
        double curvature(double[] o, double[] r) {
            double[] logarithms = logSoftmax(o);
            double square = 0;
            double mean = 0;
            for (int j = 0; j < o.length; j++) {
                double p = Math.exp(logarithms[j]);
                square += p * r[j] * r[j];
                mean += p * r[j];
            }
            return square - mean * mean;
        }
    };

    /**
     * Replaces the output of one example by its residual \(R = H^+ e\), \((H + \lambda I)^{-1} e\) or \(e\).
     *
     * @param mode which
     * @param damping \(\lambda\), for {@link ResidualMode#DAMPED}
     * @param o outputs before the activation; overwritten
     * @param y targets
     */
    abstract void residual(ResidualMode mode, double damping, double[] o, double[] y);

    /** The quadratic form \(r^\top H r\) at an output. */
    abstract double curvature(double[] o, double[] r);

    /** \((\mathrm{diag}(p + \lambda) - p p^\top)^{-1} (p - y)\). */
    private static void damped(double damping, double[] logarithms, double[] o, double[] y) {
        double dotE = 0;
        double dotP = 0;
        for (int j = 0; j < o.length; j++) {
            double p = Math.exp(logarithms[j]);
            double k = p / (p + damping);
            dotE += k * (p - y[j]);
            dotP += k * p;
        }
        for (int j = 0; j < o.length; j++) {
            double p = Math.exp(logarithms[j]);
            o[j] = (p - y[j] + p * dotE / (1 - dotP)) / (p + damping);
        }
    }

    /** The solution of least norm of \((\mathrm{diag}(p) - p p^\top) R = p - y\): \(R_j = \overline{y/p} - y_j/p_j\). */
    private static void exact(double[] logarithms, double[] o, double[] y) {
        double mean = 0;
        for (int j = 0; j < o.length; j++) {
            o[j] = y[j] == 0 ? 0 : -y[j] * Math.exp(-logarithms[j]);
            mean -= o[j] / o.length;
        }
        for (int j = 0; j < o.length; j++) {
            o[j] += mean;
        }
    }

    private static double[] logSoftmax(double[] o) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : o) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (double value : o) {
            sum += Math.exp(value - largest);
        }
        double[] logarithms = new double[o.length];
        for (int j = 0; j < o.length; j++) {
            logarithms[j] = o[j] - largest - Math.log(sum);
        }
        return logarithms;
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }
}
