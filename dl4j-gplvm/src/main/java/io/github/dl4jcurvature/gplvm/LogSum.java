/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/** Logarithm of a sum of exponentials, without overflow. */
final class LogSum {
    private LogSum() {}

    static double of(double[] terms) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double term : terms) {
            if (Double.isNaN(term)) {
                return Double.NaN;
            }
            largest = Math.max(largest, term);
        }
        if (Double.isInfinite(largest)) {
            return largest;
        }
        double sum = 0;
        for (double term : terms) {
            sum += Math.exp(term - largest);
        }
        return largest + Math.log(sum);
    }
}
